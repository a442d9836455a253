import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { exchange } from '../../exchange.ts';
import type { HostMetrics } from '../host.ts';
import { readMetrics } from './read-metrics.ts';
import { missing } from './settings.ts';

/** What the metrics listener tells now. */
export async function fetchMetrics(url: string | undefined): Promise<HostMetrics> {
  if (url === undefined) throw missing('metricsUrl', 'reads the metrics');
  let text: string;
  try {
    const answer = await exchange(url, { signal: AbortSignal.timeout(10_000) });
    if (answer.status !== 200) throw new Error(String(answer.status));
    text = answer.text;
  } catch {
    throw new Problem(
      'unavailable',
      say`The metrics at ${code(url)} cannot be read.`,
      say`Synapse needs ${code('enable_metrics: true')} and a listener of type ${code('metrics')}; ${code('host.metricsUrl')} is its address with ${code('/_synapse/metrics')}.`,
    );
  }
  return readMetrics(text);
}
