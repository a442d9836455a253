import type { HostMetrics } from '../host.ts';

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads what a metrics listener of Synapse says (Prometheus text format); unknown samples are passed over. */
export function readMetrics(text: string): HostMetrics {
  const plain = new Map<string, number>();
  const entries = new Map<string, number>();
  const most = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = sample.exec(line);
    if (match === null) continue;
    const [, name = '', labels, number] = match;
    const value = Number(number);
    if (Number.isNaN(value)) continue;
    if (labels === undefined) plain.set(name, value);
    else if (name === 'synapse_util_caches_cache_size') add(entries, nameIn(labels), value);
    else if (name === 'synapse_util_caches_cache_max_size') add(most, nameIn(labels), value);
  }
  const startedAt = plain.get('process_start_time_seconds');
  return {
    resident: plain.get('process_resident_memory_bytes'),
    virtual: plain.get('process_virtual_memory_bytes'),
    cpuSeconds: plain.get('process_cpu_seconds_total'),
    startedAt: startedAt === undefined ? undefined : startedAt * 1_000,
    openFiles: plain.get('process_open_fds'),
    caches: [...entries].map(([name, count]) => ({ name, entries: count, most: most.get(name) })),
  };
}

const nameIn = (labels: string) => [...labels.matchAll(label)].find(([, key]) => key === 'name')?.[2] ?? '';

function add(to: Map<string, number>, name: string, value: number): void {
  to.set(name, (to.get(name) ?? 0) + value);
}
