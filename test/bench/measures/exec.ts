import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtMain, openBenchLab } from '../bench-lab.ts';
import { type Line, median } from '../line.ts';
import { wholeProcess } from '../timed.ts';

const runs = 20;

/** What `synadm` reads as its configuration. */
export function synadmConfig(folder: string, url: string, user: string, token: string): string {
  const file = join(folder, 'synadm.yaml');
  const settings = { base_url: url, admin_path: '/_synapse/admin', matrix_path: '/_matrix', user, token, timeout: 30 };
  const discovery = { server_discovery: 'well-known', homeserver: 'auto-retrieval', ssl_verify: true, format: 'human' };
  writeFileSync(file, JSON.stringify({ ...settings, ...discovery }), { mode: 0o600 });
  return file;
}

export const hasSynadm = (): boolean => spawnSync('synadm', ['--help']).status === 0;

/** One command from a shell, beside synadm. */
export async function exec(): Promise<readonly Line[]> {
  const lab = await openBenchLab('exec');
  const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
  try {
    const { botAccount, configFile } = lab.room;
    const mine = [process.execPath, builtMain, 'exec', '--config', configFile, '--', 'server', 'version'];
    const synadm = hasSynadm();
    const file = synadmConfig(folder, lab.server.url, botAccount.userId, botAccount.accessToken);
    const theirs = ['synadm', '-c', file, '--batch', 'version'];
    // What no program on Node can be below.
    const oneCall = `require('http').get('${lab.server.url}/_matrix/client/versions', (answer) => answer.resume())`;
    const bare = [process.execPath, '-e', oneCall];
    const took: Record<'mine' | 'theirs' | 'bare', { ms: number; mib: number }[]> = { mine: [], theirs: [], bare: [] };
    for (let n = -2; n < runs; n++) {
      const one = wholeProcess(mine);
      const least = wholeProcess(bare);
      if (n >= 0) {
        took.mine.push(one);
        took.bare.push(least);
      }
      if (!synadm) continue;
      const other = wholeProcess(theirs);
      if (n >= 0) took.theirs.push(other);
    }
    const middle = (name: keyof typeof took, key: 'ms' | 'mib') => median(took[name].map((one) => one[key]));
    const lines = (measure: string, key: 'ms' | 'mib', value: number): readonly Line[] => {
      const shared = { measure, castellan: middle('mine', key), unit: key === 'ms' ? 'ms' : 'MiB' } as const;
      return [
        {
          ...shared,
          against: 'synadm version',
          other: synadm ? middle('theirs', key) : undefined,
          asked: { kind: 'ratio at most', value },
          ...(synadm ? {} : { note: 'synadm is not installed here.' }),
        },
        { ...shared, against: 'node with one request', other: middle('bare', key) },
      ];
    };
    return [
      ...lines('exec -- server version, wall time', 'ms', 0.5),
      ...lines('exec -- server version, memory', 'mib', 1.2),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await lab.close();
  }
}
