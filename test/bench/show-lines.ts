import Table from 'cli-table3';
import { isMet, type Line } from './line.ts';

const digits = (value: number) => (value >= 100 ? 0 : value >= 10 ? 1 : 2);
const figure = (value: number | undefined, unit: string) =>
  value === undefined ? '–' : `${value.toFixed(digits(value))} ${unit}`;

function ratioOf({ castellan, other, asked }: Line): string {
  if (castellan === undefined || other === undefined) return '–';
  if (asked?.kind === 'more at most')
    return `${castellan < other ? '−' : '+'}${Math.abs(castellan - other).toFixed(1)}`;
  if (asked?.kind === 'times faster') return `${(other / castellan).toFixed(1)} × faster`;
  return `${(castellan / other).toFixed(2)} ×`;
}

function askedOf({ asked, unit }: Line): string {
  switch (asked?.kind) {
    case 'ratio at most':
      return `≤ ${asked.value.toFixed(2)} ×`;
    case 'times faster':
      return `≥ ${asked.value} × faster`;
    case 'at most':
      return `≤ ${asked.value} ${unit}`;
    case 'at least':
      return `≥ ${asked.value.toLocaleString('en')} ${unit}`;
    case 'more at most':
      return `≤ +${asked.value} ${unit}`;
    case undefined:
      return 'for the record';
  }
}

const heads = ['Measure', 'Castellan', 'Against', '', 'Ratio', 'Asked', 'Met'];

function cells(line: Line): readonly string[] {
  const met = isMet(line);
  return [
    line.measure,
    figure(line.castellan, line.unit),
    line.against,
    line.other === undefined ? '' : figure(line.other, line.unit),
    ratioOf(line),
    askedOf(line),
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

/** The lines as a table for a terminal. */
export function terminalTable(lines: readonly Line[]): string {
  const table = new Table({ head: [...heads], style: { head: [], border: [] } });
  for (const line of lines) table.push([...cells(line)]);
  return table.toString();
}

/** The lines as a table for the README, with their notes below. */
export function markdownTable(lines: readonly Line[]): string {
  const rows = [heads, heads.map(() => '---'), ...lines.map(cells)];
  const notes = lines.flatMap(({ measure, note }) => (note === undefined ? [] : [`- ${measure}: ${note}`]));
  return [...rows.map((row) => `| ${row.join(' | ')} |`), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}
