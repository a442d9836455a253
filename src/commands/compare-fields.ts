/** For lists that the server does not sort: numbers and times from the largest, words from A; what is unknown last. */
export function compareFields(one: unknown, other: unknown): number {
  if (one === undefined || one === null) return other === undefined || other === null ? 0 : 1;
  if (other === undefined || other === null) return -1;
  if (typeof one === 'number' && typeof other === 'number') return other - one;
  return String(one).localeCompare(String(other));
}
