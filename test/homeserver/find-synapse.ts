import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chrootEnvironment, federationNames, synapseChroot } from './synapse-chroot.ts';

const run = promisify(execFile);
const image = 'matrixdotorg/synapse';

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
  command(dataDir: string): [program: string, ...args: string[]];
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
    command: (dataDir) => ['synapse_homeserver', '-c', join(dataDir, 'homeserver.yaml')],
  };
}

function inChroot(folder: string): StartableSynapse {
  const inside = (dataDir: string, file: string) => join(dataDir, file).slice(folder.length);
  return {
    kind: 'startable',
    name: 'chroot',
    // Inside the chroot's own tree, since bind mounts are not allowed everywhere.
    dataRoot: join(folder, 'srv/castellan'),
    environment: chrootEnvironment,
    inside,
    command: (dataDir) => [
      'chroot',
      folder,
      'python3',
      '-m',
      'synapse.app.homeserver',
      '-c',
      inside(dataDir, 'homeserver.yaml'),
    ],
  };
}

function inDocker(): StartableSynapse {
  const container = (dataDir: string) => `castellan-test-${basename(dataDir)}`;
  return {
    kind: 'startable',
    name: 'Docker',
    dataRoot: join(tmpdir(), 'castellan-synapse'),
    environment: process.env,
    inside: (_dataDir, file) => join('/data', file),
    command: (dataDir) => [
      'docker',
      'run',
      '--rm',
      `--name=${container(dataDir)}`,
      '--network=host',
      `--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      `--volume=${dataDir}:/data`,
      ...federationNames.map((name) => `--add-host=${name}:127.0.0.1`),
      '--entrypoint=python3',
      image,
      '-m',
      'synapse.app.homeserver',
      '-c',
      '/data/homeserver.yaml',
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
