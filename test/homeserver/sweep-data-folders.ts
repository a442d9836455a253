import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the data of servers whose test process was killed before it could: the folder names carry its process id. */
export async function sweepDataFolders(dataRoot: string): Promise<void> {
  for (const name of await readdir(dataRoot).catch(() => [])) {
    const owner = /-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    await rm(join(dataRoot, name), { recursive: true, force: true });
  }
}
