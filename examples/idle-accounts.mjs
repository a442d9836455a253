// Lists the accounts that have not been seen for so many days.
//
//   HOMESERVER=http://localhost:8008 TOKEN=syt_… node idle-accounts.mjs 90
import { connect } from 'castellan/homeserver';

const days = Number(process.argv[2] ?? 90);
const synapse = await connect({
  url: process.env.HOMESERVER ?? 'http://localhost:8008',
  token: process.env.TOKEN ?? '',
});

const before = Date.now() - days * 24 * 60 * 60 * 1000;
for (let from = 0; ; ) {
  const page = await synapse.users.list({ from, limit: 100 });
  for (const { userId, lastSeenAt } of page.rows) {
    // Synapse remembers when an account was seen for a month only: undefined does not mean never.
    if (lastSeenAt !== undefined && lastSeenAt < before) process.stdout.write(`${userId}\n`);
  }
  from += page.rows.length;
  if (page.rows.length === 0 || from >= page.total) break;
}
