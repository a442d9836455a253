import type { FileInfo } from '../files.ts';

/** The first line of what Conduit tells of a file. */
export const conduitFileHeading = 'Is blocked Media ID: ';

/**
 * What Conduit tells of a file as it prints it; `null`: it has nothing of it on its disk. What its uploader called it
 * comes last but for its type, and may hold anything.
 */
export function readConduitFile(text: string): string | null | undefined {
  if (!/^Is blocked Media ID: (true|false)(\n|$)/.test(text)) return undefined;
  return /^Is stored: true$/m.test(text) ? text : null;
}

/** The same, by what stands in it. */
export function conduitFileInfo(mxc: string, told: string): FileInfo {
  const [blocked = '', file = ''] = told.split(
    /\n\nInformation on (?:full \(non-thumbnail\) file|thumbnails of media):\n/,
  );
  const [facts = ''] = file.split('\nFilename: ');
  const among = (name: string, text: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1] ?? null;
  const time = (name: string) => {
    const at = Date.parse(among(name, facts) ?? '');
    return Number.isNaN(at) ? undefined : at;
  };
  const isBlocked =
    blocked === `${conduitFileHeading}true` ||
    among('Is blocked due to sharing SHA256 hash with blocked media', facts) === 'true';
  return {
    mxc,
    name: among('Filename', file),
    type: among('Content-type', file),
    size: undefined,
    createdAt: time('Created at'),
    lastAccessAt: time('Last accessed at'),
    uploader: among('Uploader', facts),
    quarantinedBy: isBlocked ? 'the homeserver' : null,
    protected: false,
    raw: { mxc, told },
  };
}
