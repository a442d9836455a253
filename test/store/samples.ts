import type { AuditEntry, NewInbox, NewJob, NewOutbox, NewPlan } from '../../src/store/store.ts';

export const alice = '@alice:one.test';

export const inboxEvent = (eventId: string): NewInbox => ({
  roomId: '!admins:one.test',
  eventId,
  sender: alice,
  kind: 'message',
});

export const auditEntry = (source: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  kind: 'intent',
  actor: alice,
  source,
  command: 'user deactivate',
  input: { username: 'bob' },
  targets: ['@bob:one.test'],
  ...more,
});

export const message = (transactionId: string, more: Partial<NewOutbox> = {}): NewOutbox => ({
  roomId: '!admins:one.test',
  type: 'm.room.message',
  content: { body: 'Done.' },
  transactionId,
  ...more,
});

export const plan = (code: string, source: string, more: Partial<NewPlan> = {}): NewPlan => ({
  code,
  requester: alice,
  roomId: '!admins:one.test',
  source,
  command: 'user deactivate',
  input: { username: 'bob' },
  frozen: ['@bob:one.test'],
  word: undefined,
  expiresAt: 2_000_000,
  ...more,
});

export const job = (id: string, source: string, size: number): NewJob => ({
  id,
  requester: alice,
  roomId: '!admins:one.test',
  source,
  command: 'user deactivate-all',
  input: { force: false },
  frozen: null,
  items: Array.from({ length: size }, (_, at) => ({ target: `@user${at + 1}:one.test`, data: { line: at + 1 } })),
});
