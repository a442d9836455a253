/**
 * `npm run bench -- [--only NAME,NAME] [--json FILE] [--markdown FILE] [--plot FILE]`: measures the built bot on a real Synapse
 * beside what would be used instead, in one run, and prints a table of ratios.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { growthPlot } from './growth-plot.ts';
import type { Line } from './line.ts';
import { exec } from './measures/exec.ts';
import { jobs } from './measures/jobs.ts';
import { latency } from './measures/latency.ts';
import { type Grown, growth, listingLines } from './measures/listing.ts';
import { ownTime } from './measures/own-time.ts';
import { start } from './measures/start.ts';
import { trail } from './measures/trail.ts';
import { markdownTable, terminalTable } from './show-lines.ts';

let sizes: readonly Grown[] = [];
const measures: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  latency,
  'own-time': ownTime,
  start,
  exec,
  jobs,
  listing: async () => {
    sizes = await growth();
    return listingLines(sizes);
  },
  trail,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    plot: { type: 'string' },
  },
});
const wanted = values.only?.split(',') ?? Object.keys(measures);
const unknown = wanted.filter((name) => !(name in measures));
if (unknown.length > 0) {
  process.stderr.write(`There is no measure ${unknown.join(', ')}; there are ${Object.keys(measures).join(', ')}.\n`);
  process.exit(2);
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`;
const date = new Date().toISOString().slice(0, 10);
const lines: Line[] = [];
for (const name of wanted) {
  process.stderr.write(`measuring ${name} …\n`);
  const found = (await measures[name]?.()) ?? [];
  lines.push(...found);
  process.stdout.write(`${terminalTable(found)}\n`);
}
process.stdout.write(`\n${date}, ${machine}\n${terminalTable(lines)}\n`);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ date, machine, lines, sizes }, null, 2)}\n`);
if (values.markdown !== undefined) writeFileSync(values.markdown, `${date}, ${machine}\n\n${markdownTable(lines)}\n`);
if (values.plot !== undefined && sizes.length > 0) writeFileSync(values.plot, growthPlot(sizes));
process.exit(0);
