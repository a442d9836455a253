import type { Scripted, ScriptedRequest } from '../homeserver/scripted.ts';

/** Work of one kind, from the request that begins it to the answer that ends it. */
export interface Flight {
  /** What is begun by this request: a user, a room; undefined for any other request. */
  begins(request: ScriptedRequest): string | undefined;
  /** What is over once this is answered so; left out where the first answer is the end. */
  ends?(request: ScriptedRequest, answer: Record<string, unknown>): string | undefined;
}

export interface FlightsSeen {
  /** How many were under way at once, at most. */
  readonly most: () => number;
  /** What was begun, in order. */
  readonly begun: readonly string[];
}

/**
 * Counts how much work of a kind is under way at once. Each piece is held back until `wanted` of them are, so that the
 * figure does not depend on how fast anything is, and some round trips longer, so that one too many would be seen.
 */
export function watchFlights(
  { between, target, flight }: { between: Scripted; target: string; flight: Flight },
  { wanted, total }: { wanted: number; total: number },
): FlightsSeen {
  const underWay = new Set<string>();
  const begun: string[] = [];
  let most = 0;
  const held: (() => void)[] = [];

  between.handlers.push(async (request) => {
    const name = flight.begins(request);
    if (name !== undefined) {
      underWay.add(name);
      begun.push(name);
      most = Math.max(most, underWay.size);
      if (underWay.size >= wanted || begun.length >= total) {
        for (let trip = 0; trip < 3; trip++) await (await fetch(`${target}/_synapse/admin/v1/server_version`)).text();
        for (const go of held.splice(0)) go();
      } else await new Promise<void>((go) => held.push(go));
    }
    if (name === undefined && flight.ends === undefined) return undefined;
    const { method, path, headers, body } = request;
    if (name === undefined && method !== 'GET') return undefined;
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const sent = method === 'GET' ? {} : { body };
    const response = await fetch(target + path, { method, headers: { authorization, 'content-type': type }, ...sent });
    const answer = (await response.json()) as Record<string, unknown>;
    const over = flight.ends === undefined ? name : flight.ends(request, answer);
    if (over !== undefined) underWay.delete(over);
    return { status: response.status, body: answer };
  });
  return { most: () => most, begun };
}
