import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aptMirror } from './apt-mirror.ts';
import { withExclusiveLock } from './exclusive-lock.ts';

const run = promisify(execFile);

// Raised when the recipe below changes, so that a chroot made by an older one is not taken for a new one.
const recipe = 'sid-1';
const readyMark = '.castellan-ready';

/** The names by which federating servers find each other on the loopback: server names are `one.test:<port>` and so on. */
export const federationNames = ['one.test', 'two.test', 'three.test'];

/** Where the chroot is kept: the user's cache folder, never the repository. */
export function chrootFolder(): string {
  return join(cacheFolder(), `synapse-chroot-${recipe}-${process.arch}`);
}

/** The folder of a Debian sid with Synapse inside, made on first use (about a minute); needs root on Debian. */
export async function synapseChroot(): Promise<string> {
  const folder = chrootFolder();
  if (existsSync(join(folder, readyMark))) return folder;
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(system)?.[1];
  if (!/^ID=debian$/m.test(system) || codename === undefined) throw new Error('the chroot can only be made on Debian');
  if (process.getuid?.() !== 0) throw new Error('the chroot can only be made and entered by root');
  const waiting = () => progress('another process is making the chroot; waiting for it');
  await withExclusiveLock(join(cacheFolder(), 'synapse-chroot.lock'), waiting, async () => {
    if (!existsSync(join(folder, readyMark))) await make(folder, codename);
  });
  return folder;
}

async function make(folder: string, codename: string): Promise<void> {
  const started = Date.now();
  await sweepUnfinished();
  if (!existsSync('/usr/bin/mmdebstrap')) await installMmdebstrap();
  const partial = `${folder}.partial-${process.pid}`;
  const settings = await mkdtemp(join(tmpdir(), 'castellan-apt-'));
  try {
    progress('making a Debian sid with matrix-synapse; once only, about a minute');
    const aptSettings = join(settings, 'apt.conf');
    await writeFile(aptSettings, await aptAcquireSettings(), { mode: 0o600 });
    await mmdebstrap([
      '--variant=apt',
      '--include=matrix-synapse',
      `--aptopt=${aptSettings}`,
      // The chroot is made anew when the machine dies half-way, so nothing has to be forced to disk.
      '--dpkgopt=force-unsafe-io',
      'sid',
      partial,
      await aptMirror(codename),
    ]);
    const { stdout } = await run('chroot', [partial, 'python3', '-c', 'import synapse; print(synapse.__version__)'], {
      env: chrootEnvironment,
    });
    await writeFile(join(partial, 'etc/hosts'), `127.0.0.1 localhost ${federationNames.join(' ')}\n`);
    await mkdir(join(partial, 'srv/castellan'), { recursive: true });
    await writeFile(join(partial, readyMark), stdout);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    progress(`Synapse ${stdout.trim()} is ready after ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    await rm(settings, { recursive: true, force: true });
    await rm(partial, { recursive: true, force: true });
  }
}

/** The environment for programs inside: the machine's own paths (certificates, Python) mean nothing there. */
export const chrootEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: '/root' };

// apt in the chroot must reach the archive the way apt outside does: by the same proxy and certificates.
async function aptAcquireSettings(): Promise<string> {
  const { stdout } = await run('apt-config', ['dump']);
  const own = stdout.split('\n').filter((line) => /^Acquire::https?::/.test(line));
  return ['Acquire::Check-Valid-Until "false";', 'Acquire::Retries "3";', ...own, ''].join('\n');
}

async function installMmdebstrap(): Promise<void> {
  progress('installing mmdebstrap');
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 };
  const patience = ['-o', 'DPkg::Lock::Timeout=120'];
  await run('apt-get', [...patience, 'update'], options);
  await run('apt-get', [...patience, 'install', '-y', '--no-install-recommends', 'mmdebstrap'], options);
}

async function mmdebstrap(args: string[]): Promise<void> {
  // With namespaces of its own, nothing that it runs or mounts outlives this process, even when that is killed.
  const enclosure = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL'];
  const enclosed = await run('setpriv', ['--pdeathsig', 'SIGKILL', ...enclosure, 'true']).then(
    () => enclosure,
    () => [], // in a container that may not mount, where mmdebstrap does without mounts too
  );
  const child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', ...enclosed, 'mmdebstrap', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4000);
    for (const line of text.split('\n'))
      if (/^I: (running|downloading|extracting|installing)/.test(line)) progress(line.slice(3));
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`mmdebstrap failed:\n${output}`);
}

async function sweepUnfinished(): Promise<void> {
  for (const name of await readdir(cacheFolder())) {
    if (name.includes('.partial-')) await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'castellan');
}

function progress(line: string): void {
  process.stderr.write(`synapse: ${line}\n`);
}
