import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a command line ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The package as `npm pack` makes it, installed globally with production dependencies only, in a folder of its own. */
export interface PackedCastellan {
  /** Where the program is. */
  readonly bin: string;
  /** Where the package is. */
  readonly folder: string;
  /** Runs it; fails where it shows a stack. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ended>;
  remove(): void;
}

/** Packs and installs; some ten seconds. */
export function packCastellan(): PackedCastellan {
  const place = mkdtempSync(join(tmpdir(), 'castellan-packed-'));
  const npm = (...argv: string[]) =>
    execFileSync('npm', [...argv, '--loglevel=error'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  npm('pack', '--pack-destination', place);
  const tarball = join(place, readdirSync(place).find((name) => name.endsWith('.tgz')) ?? '');
  npm('install', '--global', '--prefix', place, '--ignore-scripts', '--prefer-offline', tarball);
  const bin = join(place, 'bin', 'castellan');
  return {
    bin,
    folder: join(place, 'lib', 'node_modules', 'castellan'),
    async run(argv, { stdin = '', cwd = place, env = {} } = {}) {
      const { CASTELLAN_ACCESS_TOKEN: _token, ...inherited } = process.env;
      const child = spawn(bin, argv, { cwd, env: { ...inherited, HOME: place, ...env } });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.stdin.on('error', () => undefined).end(stdin);
      const [code] = await once(child, 'close');
      if (/^\s+at /m.test(stderr + stdout)) throw new Error(`the process showed a stack:\n${stderr}${stdout}`);
      return { code: code as number | null, stdout, stderr };
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}
