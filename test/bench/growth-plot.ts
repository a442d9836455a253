import type { Grown } from './measures/listing.ts';

const width = 640;
const height = 360;
const left = 64;
const right = 190;
const top = 20;
const bottom = 44;

const curves: readonly (readonly [keyof Grown, string, string])[] = [
  ['version', 'server version', '#1b6ca8'],
  ['oneUser', 'user details', '#7a3fb5'],
  ['firstPage', 'user list-users', '#0a7a5c'],
  ['rawPages', 'all users, the raw pages', '#999999'],
  ['allUsers', 'all users to CSV', '#c2571a'],
  ['allRooms', 'all rooms to CSV', '#b3243b'],
];

/** Milliseconds over the number of accounts, both logarithmic, as SVG. */
export function growthPlot(sizes: readonly Grown[]): string {
  const values = sizes.flatMap((size) => curves.map(([key]) => size[key]));
  const log = Math.log10;
  const span = (all: readonly number[]) =>
    [Math.floor(log(Math.min(...all))), Math.ceil(log(Math.max(...all)))] as const;
  const [lowX, highX] = span(sizes.map(({ users }) => users));
  const [lowY, highY] = span(values);
  const x = (users: number) => left + ((log(users) - lowX) / (highX - lowX)) * (width - left - right);
  const y = (ms: number) => height - bottom - ((log(ms) - lowY) / (highY - lowY)) * (height - top - bottom);
  const decades = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n));
  const spoken = (ms: number) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);
  const text = (at: readonly [number, number], words: string, more = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words}</text>`;
  const grid = [
    ...decades(lowY, highY).flatMap((ms) => [
      `<path d="M${left} ${y(ms).toFixed(1)}H${width - right}" stroke="#ddd"/>`,
      text([left - 8, y(ms) + 4], spoken(ms), 'text-anchor="end"'),
    ]),
    ...sizes.map(({ users, rooms }) =>
      text([x(users), height - bottom + 18], users.toLocaleString('en'), `text-anchor="middle" data-rooms="${rooms}"`),
    ),
    text([(left + width - right) / 2, height - 6], 'accounts on the server', 'text-anchor="middle"'),
  ];
  // Names that would stand on each other are moved apart.
  const ends = curves
    .map(([key, name, colour]) => ({ key, name, colour, at: y(sizes.at(-1)?.[key] ?? 1) }))
    .sort((a, b) => a.at - b.at);
  let last = 0;
  const named = ends.map((end) => {
    last = Math.max(end.at, last + 15);
    return { ...end, label: last };
  });
  const drawn = named.flatMap(({ key, name, colour, label }) => [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${sizes.map((size) => `${x(size.users).toFixed(1)},${y(size[key]).toFixed(1)}`).join(' ')}"/>`,
    text([width - right + 8, label + 4], name, `fill="${colour}"`),
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>How long some commands take on servers of 100, 10,000 and 100,000 accounts</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...grid,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
