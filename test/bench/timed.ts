import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Milliseconds that it took. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await act();
  return performance.now() - since;
}

/** Memory of a running process now, in MiB. */
export function residentMiB(pid: number): number {
  return statusMiB(pid, 'VmRSS');
}

/** The most memory a running process has had, in MiB. */
export function peakMiB(pid: number): number {
  return statusMiB(pid, 'VmHWM');
}

function statusMiB(pid: number, key: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return Number(kib) / 1024;
}

const watcher = `import json, resource, subprocess, sys, time
since = time.monotonic()
ended = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
seconds = time.monotonic() - since
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({'ms': seconds * 1000, 'mib': peak / 1024, 'status': ended.returncode, 'said': ended.stderr.decode()[-500:]}))`;

/** A whole process: wall time, and the most memory it had, by the operating system's account. Throws where it fails. */
export function wholeProcess(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): { readonly ms: number; readonly mib: number } {
  // Node cannot tell the memory of a child that has ended.
  const { stdout } = spawnSync('python3', ['-c', watcher, ...argv], {
    encoding: 'utf8',
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  const { ms, mib, status, said }: Record<string, unknown> = JSON.parse(stdout);
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${said}`);
  return { ms: Number(ms), mib: Number(mib) };
}
