/** One line of the table: a figure of Castellan's beside the figure it is held against. */
export interface Line {
  readonly measure: string;
  readonly against: string;
  /** `undefined`: it could not be measured here; `note` says why. */
  readonly castellan: number | undefined;
  readonly other?: number | undefined;
  readonly unit: 'ms' | 's' | 'MiB' | '/s';
  /**
   * What is asked: a ratio `castellan / other` at most, `other / castellan` at least (so many times faster), a value at
   * most or at least, or so much more than the other. Left out where the figure is there for the record.
   */
  readonly asked?:
    | {
        readonly kind: 'ratio at most' | 'times faster' | 'at most' | 'at least' | 'more at most';
        readonly value: number;
      }
    | undefined;
  readonly note?: string;
}

/** Whether a line holds what is asked of it; `undefined` where nothing is, or nothing was measured. */
export function isMet({ castellan, other, asked }: Line): boolean | undefined {
  if (asked === undefined || castellan === undefined) return undefined;
  if (asked.kind === 'at most') return castellan <= asked.value;
  if (asked.kind === 'at least') return castellan >= asked.value;
  if (other === undefined) return undefined;
  if (asked.kind === 'more at most') return castellan - other <= asked.value;
  if (asked.kind === 'times faster') return other / castellan >= asked.value;
  return castellan / other <= asked.value;
}

/** The value below which this part (0 to 1) of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
