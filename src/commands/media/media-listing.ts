import { formatBytes, formatTime } from '../../core/display.ts';
import type { MediaRow } from '../../homeserver/media.ts';
import type { PagedListing } from '../paged.ts';

/** How uploads look in a listing, for every command that lists them; `now` in epoch ms. */
export function mediaListing(now: number): Pick<PagedListing<MediaRow>, 'columns' | 'show' | 'cells' | 'data'> {
  return {
    columns: [
      { key: 'mxc', title: 'File' },
      { key: 'name', title: 'Name' },
      { key: 'type', title: 'Type' },
      { key: 'size', title: 'Size', align: 'right' },
      { key: 'created', title: 'Uploaded' },
      { key: 'lastAccess', title: 'Last looked at' },
      { key: 'quarantinedBy', title: 'Quarantined by' },
      { key: 'protected', title: 'Protected' },
      { key: 'bytes', title: 'Size (bytes)' },
      { key: 'createdTs', title: 'Uploaded (ms)' },
      { key: 'lastAccessTs', title: 'Last looked at (ms)' },
    ],
    show: ['mxc', 'name', 'type', 'size', 'created', 'lastAccess', 'quarantinedBy'],
    cells: (row) => ({
      mxc: row.mxc,
      name: row.name,
      type: row.quarantinedBy === null ? row.type : `${row.type ?? ''} (quarantined)`.trim(),
      size: row.size === undefined ? undefined : formatBytes(row.size),
      created: formatTime(row.createdAt, now),
      lastAccess: row.lastAccessAt === undefined ? undefined : formatTime(row.lastAccessAt, now),
      quarantinedBy: row.quarantinedBy,
      protected: row.protected,
      bytes: row.size,
      createdTs: row.createdAt,
      lastAccessTs: row.lastAccessAt,
    }),
    data: ({ raw }) => raw,
  };
}
