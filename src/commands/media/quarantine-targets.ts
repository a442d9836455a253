import type { z } from 'zod';
import { exactlyOneOf, localUser, mxc, room, server, text } from '../../core/fields.ts';
import { parseMxc, serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say, type Text } from '../../core/text.ts';
import type { FileInfo } from '../../homeserver/files.ts';
import type { Capabilities } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { inParallel } from '../in-parallel.ts';
import { foundRoom } from '../room/found-room.ts';
import { roomInWords } from '../room/named-room.ts';
import { localAccount } from '../user/local-account.ts';
import { foundFile } from './found-file.ts';
import { notSeen } from './media-of-room.ts';

const lookingAtOnce = 4;

/** The flags that say which files, of which exactly one is given. */
export const quarantineFlags = once(() => ({
  mediaId: text.optional().describe('One file, by its media id.'),
  serverName: server.optional().describe('Whose file that is; ours unless told.'),
  mxc: mxc.optional().describe('One file, by its address.'),
  room: room.optional().describe('All files that the messages of this room name.'),
  userId: localUser.optional().describe('All files that this account uploaded.'),
}));

export const quarantineShort = { i: 'mediaId', s: 'serverName', r: 'room', u: 'userId', U: 'mxc' } as const;
export const quarantineLong = { 'room-id': 'room', user: 'userId' } as const;
export const quarantineCheck = exactlyOneOf('mediaId', 'mxc', 'room', 'userId');

type Flags = {
  readonly [Name in keyof ReturnType<typeof quarantineFlags>]?: z.output<ReturnType<typeof quarantineFlags>[Name]>;
};
type Caps = Pick<Capabilities, 'files' | 'media' | 'roomData' | 'rooms' | 'users' | 'adminRoom'>;

export interface QuarantineTargets {
  readonly what: Text;
  readonly files: readonly FileInfo[];
  /** What cannot be found of them. */
  readonly lacking: Text | undefined;
}

async function known({ files }: Caps, addresses: readonly string[]): Promise<readonly FileInfo[]> {
  const found = await inParallel(addresses, lookingAtOnce, (address) => files.info(address));
  return found.filter((file) => file !== undefined);
}

/** The files that the flags mean. Throws Problem where one file is meant that this server does not have. */
export async function quarantineTargets(flags: Flags, caps: Caps): Promise<QuarantineTargets> {
  if (flags.serverName !== undefined && flags.mediaId === undefined)
    throw new Problem('usage', say`${code('--server-name')} goes with ${code('--media-id')} only.`);
  const serverName = flags.serverName ?? serverOf(caps.adminRoom.botId);
  const one = flags.mxc ?? (flags.mediaId && parseMxc(`mxc://${serverName}/${flags.mediaId}`));
  if (one !== undefined) {
    return { what: code(one), files: [await foundFile(caps.files, one)], lacking: undefined };
  }
  if (flags.userId !== undefined) {
    const { userId } = flags;
    await localAccount(caps.users, userId);
    const addresses: string[] = [];
    const list = (from: number, limit: number) => caps.media.ofUser(userId, { from, limit, sort: 'created_ts' });
    for await (const { mxc: address } of everyRow(list)) addresses.push(address);
    return { what: say`what ${code(userId)} has uploaded`, files: await known(caps, addresses), lacking: undefined };
  }
  const found = await foundRoom(caps.rooms, flags.room ?? '');
  const { local, remote, partial } = await caps.roomData.media(found.roomId);
  const lacking = notSeen(found, partial);
  return {
    what: say`the files of ${roomInWords(found)}`,
    files: await known(caps, [...local, ...remote]),
    lacking: lacking.parts.length === 0 ? undefined : lacking,
  };
}

/** "photo.jpg, image/jpeg, of @alice:example.org": what stands out about a file. */
export function fileNote({ name, type, uploader }: FileInfo): Text | undefined {
  const parts = [name, type, uploader].filter((part) => part !== null && part !== '');
  return parts.length === 0 ? undefined : say`${parts.join(', ')}`;
}
