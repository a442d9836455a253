import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The address of the main Debian archive in this machine's own apt sources. apt itself reads them, so the one-line form
 * and the deb822 form are both understood. `codename` is the machine's release, such as `bookworm`.
 */
export async function aptMirror(codename: string): Promise<string> {
  const format = '$(RELEASE) $(COMPONENT) $(SITE)';
  const { stdout } = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const mirror = mainArchive(stdout, codename);
  if (mirror === undefined) throw new Error('the apt sources of this machine name no main Debian archive');
  return mirror;
}

/** Picks the main archive from lines of `release component site`; the security archive has a release of its own name. */
export function mainArchive(lines: string, codename: string): string | undefined {
  const releases = new Set([codename, 'stable', 'testing', 'unstable', 'sid', 'oldstable']);
  const sites = lines
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([release, component]) => releases.has(release ?? '') && component === 'main')
    .map(([, , site]) => site ?? '')
    .filter((site) => /^https?:/.test(site));
  // Vendors may call their suites by Debian's names too, but the archive's own path ends in /debian.
  return sites.find((site) => /\/debian(\/\d{8}T\d{6}Z)?\/?$/.test(site)) ?? sites[0];
}
