import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit } from '../../../src/store/audit.ts';
import { connect } from '../../../src/store/connection.ts';
import { type AdminRoom, openAdminRoom } from '../../e2e/admin-room.ts';
import { builtMain, openBenchLab } from '../bench-lab.ts';
import { type Line, median } from '../line.ts';
import { timed } from '../timed.ts';
import { type Asked, ask } from './latency.ts';

const records = 1_000_000;
const atOnce = 50_000;
const rounds = 150;

/** Writes records as commands leave them, many in one transaction. */
function write(path: string): void {
  const connection = connect(path, { clock: Date.now });
  const audit = createAudit(connection);
  const some = connection.db.transaction((from: number) => {
    for (let n = from; n < from + atOnce; n++) {
      audit.append({
        kind: n % 2 === 0 ? 'intent' : 'outcome',
        actor: `@admin-${n % 5}:example.org`,
        source: `$event-${n >> 1}`,
        command: 'user lock',
        input: { user: `@user-${n % 1000}:example.org` },
        targets: [`@user-${n % 1000}:example.org`],
        ...(n % 2 === 0 ? {} : { outcome: 'done' as const }),
      });
    }
  });
  for (let n = 0; n < records; n += atOnce) some(n);
  connection.db.close();
}

/** How fast the trail is verified, and that its length slows no command. */
export async function trail(): Promise<readonly Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
  const lab = await openBenchLab('trail');
  let full: AdminRoom | undefined;
  try {
    const path = join(folder, 'castellan.db');
    write(path);
    const { verify } = createAudit(connect(path, { clock: Date.now, readonly: true }));
    const ms = await timed(async () => {
      if (verify().firstBad !== undefined) throw new Error('the trail is broken');
    });
    full = await openAdminRoom(lab.server, { start: false });
    await full.start({ main: builtMain });
    await full.bot().stop();
    write(join(full.dataDir, 'castellan.db'));
    await full.start({ main: builtMain });
    await lab.raw.admin('PUT', `/v2/users/@locked:${lab.server.serverName}`, {});
    const asked = (name: string, { roomId, admin }: AdminRoom): Asked => ({ name, roomId, asker: admin });
    const bots = [asked('empty', lab.room), asked('full', full)];
    const took = new Map<string, number[]>(bots.map(({ name }) => [name, []]));
    for (let n = -10; n < rounds; n++) {
      for (const bot of bots) {
        const one = await ask(bot, `!admin user ${n % 2 === 0 ? 'lock' : 'unlock'} locked`);
        if (n >= 0) took.get(bot.name)?.push(one);
      }
    }
    const count = records.toLocaleString('en');
    return [
      {
        measure: `audit records verified, of ${count}`,
        against: '',
        castellan: records / (ms / 1000),
        unit: '/s',
        asked: { kind: 'at least', value: 100_000 },
      },
      {
        measure: `user lock to answer with ${count} records, p50`,
        against: 'the same with an empty trail',
        castellan: median(took.get('full') ?? []),
        other: median(took.get('empty') ?? []),
        unit: 'ms',
        asked: { kind: 'ratio at most', value: 1.05 },
      },
    ];
  } finally {
    await full?.close();
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
