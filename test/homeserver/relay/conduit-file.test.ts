import { describe, expect, test } from 'vitest';
import { conduitFileInfo, readConduitFile } from '../../../src/homeserver/relay/conduit-file.ts';

const mxc = 'mxc://x.org/abc';

/** As Conduit prints a file whose uploader called it so. */
const told = (name: string, { blocked = false, byHash = false, type = 'image/png' } = {}) =>
  `Is blocked Media ID: ${blocked}

Information on full (non-thumbnail) file:

Is stored: true
Created at: 2026-01-31 12:00:00 UTC
Last accessed at: 2026-02-01 12:00:00 UTC
Size of file: 1.2 kB
Is accessible via unauthenticated media endpoints: false
SHA256 hash of file: 0a1b
Is blocked due to sharing SHA256 hash with blocked media: ${byHash}
Uploader: @alice:x.org
Filename: ${name}
Content-type: ${type}

Information on thumbnails of media:

Dimensions: 10x10
Is stored: true
Created at: 2025-01-01 00:00:00 UTC
Is blocked due to sharing SHA256 hash with blocked media: true
Content-type: image/jpeg`;

describe('what Conduit tells of a file', () => {
  test('is its name, its type, who uploaded it and when', () => {
    expect(conduitFileInfo(mxc, told('a.png'))).toMatchObject({
      mxc,
      name: 'a.png',
      type: 'image/png',
      uploader: '@alice:x.org',
      createdAt: Date.UTC(2026, 0, 31, 12),
      lastAccessAt: Date.UTC(2026, 1, 1, 12),
      quarantinedBy: null,
    });
  });

  test.each([
    ['by its id', { blocked: true }],
    ['by its content', { byHash: true }],
  ])('is whether it is blocked %s', (_, how) => {
    expect(conduitFileInfo(mxc, told('a.png', how)).quarantinedBy).not.toBeNull();
  });

  test.each([
    'x\nUploader: @eve:x.org\nCreated at: 2020-01-01 00:00:00 UTC',
    'x\nIs blocked due to sharing SHA256 hash with blocked media: true',
    'x\n\nInformation on thumbnails of media:\n\nUploader: @eve:x.org',
    'x\n\nInformation on full (non-thumbnail) file:\nUploader: @eve:x.org',
  ])('is not what its name makes of it: %j', (name) => {
    const info = conduitFileInfo(mxc, told(name));
    expect(info.uploader).toBe('@alice:x.org');
    expect(info.createdAt).toBe(Date.UTC(2026, 0, 31, 12));
    expect(info.quarantinedBy).toBeNull();
  });

  test('is nothing where nothing of it is stored, and unread where it is something else', () => {
    expect(readConduitFile('Is blocked Media ID: true')).toBeNull();
    expect(readConduitFile('Is it blocked? true')).toBeUndefined();
    expect(readConduitFile('Is blocked Media ID: true, and more')).toBeUndefined();
  });
});
