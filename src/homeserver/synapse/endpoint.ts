import type { HttpRequest } from '../../http.ts';

/** "PUT /_synapse/admin/v2/users/…" for people: what follows the noun may be somebody's secret and is left out. */
export function endpointOf({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string {
  const parts = (path.split(/[?#]/, 1)[0] ?? '').split('/');
  return `${method} ${parts.slice(0, 5).join('/')}${parts.length > 5 ? '/…' : ''}`;
}
