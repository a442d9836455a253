import { z } from 'zod';
import { flag, localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { cautionsOf, deactivateAccount, deactivationCautions, deactivationHelp } from './deactivate-account.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

export default command({
  path: 'user deactivate',
  flat: ['deactivate-user'],
  summary: 'Close an account for good.',
  cautions: deactivationHelp,
  input: () =>
    z.object({
      user: localUser.describe('Whose account.'),
      leaveRooms: flag.describe('Leave all rooms, as is done anyway; accepted for the sake of old habits.'),
      noLeaveRooms: flag.describe('Keep the rooms: the account is locked instead.'),
      erase: flag.describe('Also hide its messages from those who join later (GDPR).'),
    }),
  positionals: ['user'],
  short: { n: 'noLeaveRooms', e: 'erase', l: 'leaveRooms' },
  long: { 'gdpr-erase': 'erase' },
  examples: [
    ['Close the account of bob', '!admin user deactivate bob'],
    ['And hide what he wrote from newcomers', '!admin user deactivate bob --erase'],
    ['See what it would do', '!admin user deactivate bob --dry-run'],
  ],
  danger: 'typed',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom'],

  async plan(input, { users, adminRoom }, asker) {
    check(input);
    const { user } = input;
    notTheBot(user, adminRoom.botId, 'deactivate');
    const account = await localAccount(users, user);
    const rooms = await ifTold(users.joinedRooms(user));
    if (account.deactivated && (rooms ?? []).length === 0 && (account.erased || !input.erase)) {
      throw new Problem('conflict', say`${code(user)} is deactivated already; there is nothing to do.`);
    }
    const devices = await ifTold(users.devices(user));
    const standsOut: Text[] = [
      ...(rooms === undefined ? [] : [say`in ${counted(rooms.length, 'room')}`]),
      ...(devices === undefined ? [] : [say`${counted(devices.length, 'device')}`]),
      ...(account.admin ? [say`**server admin**`] : []),
      ...(user === asker.userId ? [say`**yourself**`] : []),
      ...(account.appserviceId === null ? [] : [say`**belongs to the bridge ${account.appserviceId}**`]),
      ...(account.deactivated ? [say`deactivated already`] : []),
    ];
    return {
      title:
        input.noLeaveRooms && !users.deactivatesInPlace
          ? say`Lock ${code(user)} and end all its sessions.`
          : say`Deactivate ${code(user)}.`,
      targets: [{ id: user, note: joined(standsOut) }],
      cautions: cautionsOf(input, users),
      instead: deactivationCautions.instead,
      words: [user],
      frozen: { admin: account.admin },
    };
  },

  async run(input, { users }, _asker, frozen) {
    check(input);
    const account = await localAccount(users, input.user);
    if (account.admin && frozen?.admin === false) {
      throw new Problem(
        'conflict',
        say`${code(input.user)} has become a server admin since the plan was shown; nothing was done.`,
      );
    }
    const stillIn = await deactivateAccount(users, account, input);
    const locks = input.noLeaveRooms && !users.deactivatesInPlace;
    const change = {
      before: { deactivated: account.deactivated, locked: account.locked ?? null, admin: account.admin },
      after: locks
        ? { deactivated: false, locked: true, erased: false }
        : { deactivated: true, locked: account.locked ?? null, erased: input.erase },
    };
    const who = code(input.user);
    if (stillIn !== undefined && stillIn > 0) {
      return reply.says(
        say`⚠️ Deactivated ${who}, but it is still in ${counted(stillIn, 'room')}: the server has not left them yet. Look again with ${commandLine(`user list-joined-rooms ${input.user}`)}.`,
        { change },
      );
    }
    const rooms =
      input.noLeaveRooms || stillIn === undefined
        ? input.noLeaveRooms
          ? say`its rooms are kept`
          : say`the homeserver was told to take it out of its rooms, and does not tell whether it has`
        : say`it is in no room any more`;
    return reply.done(
      locks
        ? say`${who} is **locked, not deactivated**: its sessions have ended, its password and third-party ids are gone, its rooms are kept.`
        : say`${input.erase ? 'Deactivated and erased' : 'Deactivated'} ${who}: its sessions have ended, and ${rooms}.`,
      { change },
    );
  },

  again: 'safe',
  async settle({ user, noLeaveRooms }, { users }) {
    const account = await users.get(user);
    const locks = noLeaveRooms && !users.deactivatesInPlace;
    return (locks ? account?.locked : account?.deactivated) === true ? 'done' : 'not done';
  },
});

function check({
  leaveRooms,
  noLeaveRooms,
  erase,
}: {
  leaveRooms: boolean;
  noLeaveRooms: boolean;
  erase: boolean;
}): void {
  if (noLeaveRooms && (leaveRooms || erase)) {
    throw new Problem(
      'usage',
      say`${code('--no-leave-rooms')} does not go with ${code(erase ? '--erase' : '--leave-rooms')}: it locks the account instead of deactivating it.`,
    );
  }
}
