import { hash } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import type { Json } from '../core/json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Connection } from './connection.ts';
import type { AuditAnchor, AuditEntry, AuditFilter, AuditRecord, AuditVerdict, Store } from './store.ts';

/** What the first record names as the one before it. */
const beginning = '0'.repeat(64);

/** A row: `record` is the canonical JSON of everything but the hash, and `hash` its SHA-256 in hex. */
interface Row {
  readonly seq: number;
  readonly hash: string;
  readonly record: string;
}

interface RowToVerify extends Row {
  readonly at: number;
  readonly actor: string;
  readonly command: string;
  /** JSON list of what the record is found under. */
  readonly targets: string;
}

type Bad = NonNullable<AuditVerdict['firstBad']>;

/** The append-only trail in which each record holds the hash of the one before. */
export function createAudit({ db, clock, write }: Connection): Store['audit'] {
  const head = db.prepare<[], AuditAnchor>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const insert = db.prepare<[number, number, string, string, string, string]>(
    'INSERT INTO audit (seq, at, actor, command, hash, record) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertTarget = db.prepare<[string, number]>('INSERT INTO audit_target (target, seq) VALUES (?, ?)');
  const bySeq = db.prepare<[number], Row>('SELECT seq, hash, record FROM audit WHERE seq = ?');
  const all = db.prepare<[], RowToVerify>(
    `SELECT seq, at, actor, command, hash, record,
      (SELECT json_group_array(target) FROM audit_target WHERE audit_target.seq = audit.seq) AS targets
    FROM audit ORDER BY seq`,
  );
  const count = db.prepare<[], number>('SELECT count(*) FROM audit').pluck();
  const countTargets = db.prepare<[], number>('SELECT count(*) FROM audit_target').pluck();

  /** By their text: one for each set of filters in use. */
  const listings = new Map<string, Statement<(string | number)[]>>();

  const prepared = <Answer>(sql: string): Statement<(string | number)[], Answer> => {
    const statement = listings.get(sql) ?? db.prepare<(string | number)[]>(sql);
    listings.set(sql, statement);
    return statement as Statement<(string | number)[], Answer>;
  };

  const verify = db.transaction((anchors: readonly AuditAnchor[]): AuditVerdict => {
    const found = firstBad(all.iterate(), anchors, (seq) => bySeq.get(seq), countTargets.get() ?? 0);
    return { records: count.get() ?? 0, head: head.get(), firstBad: found };
  });

  return {
    append: write((entry: AuditEntry) => {
      const last = head.get();
      const unhashed = {
        seq: (last?.seq ?? 0) + 1,
        at: clock(),
        kind: entry.kind,
        actor: entry.actor,
        source: entry.source,
        command: entry.command,
        input: entry.input,
        targets: entry.targets,
        ...(entry.plan === undefined ? {} : { plan: entry.plan }),
        ...(entry.outcome === undefined ? {} : { outcome: entry.outcome }),
        ...(entry.detail === undefined ? {} : { detail: entry.detail }),
        previous: last?.hash ?? beginning,
      } satisfies Omit<AuditRecord, 'hash'> & Json;
      const record = canonicalJson(unhashed);
      const row = { seq: unhashed.seq, hash: hash('sha256', record), record };
      const stored = toRecord(row);
      insert.run(row.seq, stored.at, stored.actor, stored.command, row.hash, record);
      for (const target of new Set(stored.targets)) insertTarget.run(target, row.seq);
      return stored;
    }),
    list(filter) {
      const { sql, values } = listing(filter);
      return prepared<Row>(sql)
        .all(...values)
        .map(toRecord);
    },
    get(seq) {
      const row = bySeq.get(seq);
      return row === undefined ? undefined : toRecord(row);
    },
    count(filter) {
      if (filter === undefined) return count.get() ?? 0;
      const { from, values } = chosen(filter);
      return prepared<{ readonly n: number }>(`SELECT count(*) AS n ${from}`).get(...values)?.n ?? 0;
    },
    verify: (anchors = []) => verify.deferred(anchors),
  };
}

/** The rows that a filter holds for: what comes behind SELECT, without order. */
function chosen(filter: AuditFilter): { readonly from: string; readonly values: readonly (string | number)[] } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('audit_target.target = ?', filter.target);
  where('audit.actor = ?', filter.actor);
  where('audit.command = ?', filter.command);
  where('audit.at >= ?', filter.since);
  where('audit.at <= ?', filter.until);
  // CROSS JOIN makes SQLite walk the targets first.
  const from = `FROM ${filter.target === undefined ? 'audit' : 'audit_target CROSS JOIN audit ON audit.seq = audit_target.seq'}
    ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}`;
  return { from, values };
}

/** The query of a listing; whatever is filtered by, there is an index to walk in that order. */
export function listing(filter: AuditFilter): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const { from, values } = chosen(filter);
  const way = filter.oldestFirst === true ? 'ASC' : 'DESC';
  const order = filter.target === undefined ? `audit.at ${way}, audit.seq ${way}` : `audit_target.seq ${way}`;
  const sql = `SELECT audit.seq, audit.hash, audit.record ${from} ORDER BY ${order} LIMIT ? OFFSET ?`;
  return { sql, values: [...values, filter.limit, filter.from] };
}

function toRecord(row: Row): AuditRecord {
  return { ...(JSON.parse(row.record) as Omit<AuditRecord, 'hash'>), hash: row.hash };
}

/** Goes through the rows in the order of their numbers, one at a time in memory. */
function firstBad(
  rows: Iterable<RowToVerify>,
  anchors: readonly AuditAnchor[],
  bySeq: (seq: number) => Row | undefined,
  storedTargets: number,
): Bad | undefined {
  let last: AuditAnchor = { seq: 0, hash: beginning };
  let targets = 0;
  const vouchedFor = new Map<number, Set<string>>();
  for (const { seq, hash: known } of anchors) vouchedFor.set(seq, (vouchedFor.get(seq) ?? new Set()).add(known));
  const furthest = anchors.reduce((most, { seq }) => Math.max(most, seq), 0);
  for (const row of rows) {
    const seq = last.seq + 1;
    if (row.seq !== seq) return { seq, why: 'missing' };
    if (hash('sha256', row.record) !== row.hash) return { seq, why: 'altered' };
    const record = parsed(row);
    if (record === undefined) return { seq, why: 'altered' };
    if (record.seq !== seq) return { seq, why: 'out of order' };
    if (record.previous !== last.hash) {
      // Where the next record vouches for this one, it is the one before that was rewritten, hash and all.
      const next = bySeq(seq + 1);
      const vouched = seq > 1 && next !== undefined && parsed(next)?.previous === row.hash;
      return vouched ? { seq: seq - 1, why: 'altered' } : { seq, why: 'out of order' };
    }
    if (!saysTheSame(row, record)) return { seq, why: 'altered' };
    // Two anchors that say different things: at most one of them is of this trail.
    for (const known of vouchedFor.get(seq) ?? []) if (known !== row.hash) return { seq, why: 'altered' };
    targets += new Set(record.targets).size;
    last = row;
  }
  if (furthest > last.seq) return { seq: last.seq + 1, why: 'missing' };
  // Entries of the index that belong to no record: what was cut off is still found there.
  if (targets !== storedTargets) return { seq: last.seq + 1, why: 'missing' };
  return undefined;
}

/** Nothing where the text is no record. */
function parsed(row: Row): AuditRecord | undefined {
  try {
    const record = toRecord(row);
    return Array.isArray(record.targets) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the columns that are searched agree with the text that is hashed. */
function saysTheSame(row: RowToVerify, record: AuditRecord): boolean {
  if (row.at !== record.at || row.actor !== record.actor || row.command !== record.command) return false;
  const indexed: readonly string[] = JSON.parse(row.targets);
  const wanted = new Set(record.targets);
  return indexed.length === wanted.size && indexed.every((target) => wanted.has(target));
}
