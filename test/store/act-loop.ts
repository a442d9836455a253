import { openStore } from '../../src/store/open.ts';
import { auditEntry, inboxEvent, job, message, plan } from './samples.ts';

/** Offers, confirms and runs small jobs for ever on the store (1st argument), with event ids of its own (2nd), and prints each step once it is durable. */
const [path = '', name = ''] = process.argv.slice(2);
const store = openStore(path, { clock: () => 1_000_000 });
const say = (step: string, eventId: string) => process.stdout.write(`${step} ${eventId}\n`);

function sendAll(): void {
  for (const row of store.outbox.unsent()) store.outbox.sent(row.id, `$sent-${row.id}`);
}

function act(eventId: string, planCode: string | undefined): void {
  store.begin(eventId, auditEntry(eventId), 'user deactivate', planCode);
  say('running', eventId);
  store.finish(eventId, {
    outcome: 'done',
    audit: auditEntry(eventId, { kind: 'outcome', outcome: 'done' }),
    job: job(`job-${eventId}`, eventId, 20),
    outbox: (record) => [message(`${eventId}#1`, { content: record?.hash ?? '' }), message(`${eventId}#2`)],
  });
  say('done', eventId);
}

for (const row of store.inbox.open()) if (row.state === 'running') act(row.eventId, row.planCode);
sendAll();

for (let n = 1; ; n += 1) {
  const [offer, yes, code] = [`$${name}-${n}-offer`, `$${name}-${n}-yes`, `${name}-${n}`];
  store.inbox.receive(inboxEvent(offer));
  say('received', offer);
  store.finish(offer, {
    outcome: 'offered',
    plan: plan(code, offer),
    outbox: () => [message(`${offer}#1`, { planCode: code })],
  });
  say('done', offer);
  sendAll();
  say('answered', offer);
  store.inbox.receive(inboxEvent(yes));
  say('received', yes);
  act(yes, code);
  sendAll();
  say('answered', yes);
  store.jobs.beginItem(`job-${yes}`, 1, auditEntry(`item-${yes}`));
  store.jobs.endItem(`job-${yes}`, 1, 'done', undefined, auditEntry(`item-${yes}`, { kind: 'outcome' }));
  store.jobs.finish(`job-${yes}`, 'finished', message(`end-${yes}`));
  sendAll();
}
