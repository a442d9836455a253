import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { HostMetrics } from '../host.ts';
import { readMetrics } from './read-metrics.ts';
import { missing } from './settings.ts';

/** What the metrics listener tells now. */
export async function fetchMetrics(url: string | undefined): Promise<HostMetrics> {
  if (url === undefined) throw missing('metricsUrl', 'reads the metrics');
  let text: string;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'error' });
    if (!response.ok) throw new Error(String(response.status));
    text = await response.text();
  } catch {
    throw new Problem(
      'unavailable',
      say`The metrics at ${code(url)} cannot be read.`,
      say`Synapse needs ${code('enable_metrics: true')} and a listener of type ${code('metrics')}; ${code('host.metricsUrl')} is its address with ${code('/_synapse/metrics')}.`,
    );
  }
  return readMetrics(text);
}
