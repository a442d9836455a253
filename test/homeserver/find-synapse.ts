import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chrootEnvironment, federationNames, synapseChroot } from './synapse-chroot.ts';

const run = promisify(execFile);
const image = 'matrixdotorg/synapse';
const server = 'synapse.app.homeserver';
/** In the data folder: read behind homeserver.yaml, if it is there when the server starts. */
export const dropInFolder = 'conf.d';

/** A server that someone else runs; it can be talked to, not stopped or configured. */
export interface GivenSynapse {
  readonly kind: 'given';
  readonly url: string;
  readonly sharedSecret: string;
}

/** A way to start servers of our own. */
export interface StartableSynapse {
  readonly kind: 'startable';
  readonly name: string;
  /** Folder under which every data folder must lie. */
  readonly dataRoot: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The path by which the server itself sees a file of its data folder. */
  inside(dataDir: string, file: string): string;
  /** With the module's name of the server itself, or of its check of the configuration. */
  command(dataDir: string, module?: string): [program: string, ...args: string[]];
  /** Set where killing the started process does not kill the server. */
  readonly kill?: (dataDir: string) => Promise<void>;
}

export type SynapseWay = GivenSynapse | StartableSynapse;

let found: Promise<SynapseWay> | undefined;

/**
 * A real Synapse, in this order: an address in the environment, `synapse_homeserver` on the PATH, a chroot of Debian sid
 * (made on first use), Docker. Throws an Error that says for each why not.
 */
export function findSynapse(): Promise<SynapseWay> {
  found ??= find();
  return found;
}

async function find(): Promise<SynapseWay> {
  const url = process.env.CASTELLAN_TEST_SYNAPSE_URL;
  const sharedSecret = process.env.CASTELLAN_TEST_SYNAPSE_SHARED_SECRET;
  if (url && sharedSecret) return { kind: 'given', url: url.replace(/\/+$/, ''), sharedSecret };
  if (isOnPath('synapse_homeserver')) return onPath();
  const chroot = await synapseChroot().catch((error: Error) => error);
  if (typeof chroot === 'string') return inChroot(chroot);
  const docker = await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 20_000 }).catch(
    () => new Error('no Docker engine answers'),
  );
  if (!(docker instanceof Error)) return inDocker();
  throw new Error(
    [
      'No Synapse can be had to test against:',
      '- CASTELLAN_TEST_SYNAPSE_URL and CASTELLAN_TEST_SYNAPSE_SHARED_SECRET are not both set',
      '- synapse_homeserver is not on the PATH',
      `- chroot: ${chroot.message}`,
      `- ${docker.message}`,
    ].join('\n'),
  );
}

function onPath(): StartableSynapse {
  return {
    kind: 'startable',
    name: 'synapse_homeserver on the PATH',
    dataRoot: join(tmpdir(), 'castellan-synapse'),
    environment: process.env,
    inside: (dataDir, file) => join(dataDir, file),
    command: (dataDir, module = server) => [
      pythonOf('synapse_homeserver'),
      '-m',
      module,
      ...configArguments(dataDir, dataDir),
    ],
  };
}

/** homeserver.yaml, and behind it the folder of drop-ins where a test has made one. */
function configArguments(dataDir: string, inside: string): string[] {
  const folder = existsSync(join(dataDir, dropInFolder)) ? ['-c', join(inside, dropInFolder)] : [];
  return ['-c', join(inside, 'homeserver.yaml'), ...folder];
}

function inChroot(folder: string): StartableSynapse {
  seeItselfFromInside(folder);
  const inside = (dataDir: string, file: string) => join(dataDir, file).slice(folder.length);
  return {
    kind: 'startable',
    name: 'chroot',
    // Inside the chroot's own tree, since bind mounts are not allowed everywhere.
    dataRoot: join(folder, 'srv/castellan'),
    environment: chrootEnvironment,
    inside,
    command: (dataDir, module = server) => [
      'chroot',
      folder,
      'python3',
      '-m',
      module,
      ...configArguments(dataDir, inside(dataDir, '')),
    ],
  };
}

/** So that a path of the machine leads to the same file inside: what is written into a configuration holds for both. */
function seeItselfFromInside(folder: string): void {
  const link = join(folder, folder);
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  try {
    symlinkSync('/', link);
  } catch (error) {
    // Another test process was faster.
    if (!existsSync(link)) throw error;
  }
}

function inDocker(): StartableSynapse {
  const container = (dataDir: string) => `castellan-test-${basename(dataDir)}`;
  return {
    kind: 'startable',
    name: 'Docker',
    dataRoot: join(tmpdir(), 'castellan-synapse'),
    environment: process.env,
    inside: (_dataDir, file) => join('/data', file),
    command: (dataDir, module = server) => [
      'docker',
      'run',
      '--rm',
      `--name=${container(dataDir)}`,
      '--network=host',
      `--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      `--volume=${dataDir}:/data`,
      `--volume=${dataDir}:${dataDir}`,
      ...federationNames.map((name) => `--add-host=${name}:127.0.0.1`),
      '--entrypoint=python3',
      image,
      '-m',
      module,
      ...configArguments(dataDir, '/data'),
    ],
    kill: async (dataDir) => {
      await run('docker', ['kill', container(dataDir)]).catch(() => undefined);
    },
  };
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** The Python by which a program on the PATH is run. */
function pythonOf(program: string): string {
  const folder = (process.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, program))) ?? '';
  return /^#!\s*(\S+)/.exec(readFileSync(join(folder, program), 'utf8'))?.[1] ?? 'python3';
}
