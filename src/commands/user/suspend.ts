import { code, commandLine, say } from '../../core/text.ts';
import { accountSwitch } from './account-switch.ts';

export const suspend = accountSwitch({
  name: 'suspend',
  summary: 'Make an account read-only: it stays logged in, but cannot send, join or change anything.',
  cautions: ['`user unsuspend` takes it back, and nothing is lost.'],
  example: 'Suspend alice',
  to: true,
  state: 'suspended',
  set: (users, user) => users.setSuspended(user, true),
  changed: (user) =>
    say`Suspended ${code(user)}: it can read, but not write. ${commandLine(`user unsuspend ${user}`)} takes it back.`,
  unchanged: (user) => say`${code(user)} was suspended already.`,
});

export const unsuspend = accountSwitch({
  name: 'unsuspend',
  summary: 'End the suspension of an account.',
  example: 'Let alice write again',
  to: false,
  state: 'suspended',
  set: (users, user) => users.setSuspended(user, false),
  changed: (user) => say`${code(user)} can write again.`,
  unchanged: (user) => say`${code(user)} was not suspended.`,
});
