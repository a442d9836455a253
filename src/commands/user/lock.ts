import { code, commandLine, say } from '../../core/text.ts';
import { accountSwitch } from './account-switch.ts';

export const lock = accountSwitch({
  name: 'lock',
  summary: 'Shut an account out: its sessions stop working until it is unlocked.',
  cautions: ['`user unlock` takes it back; password, devices and rooms are kept.'],
  example: 'Lock alice out',
  to: true,
  state: 'locked',
  set: (users, user) => users.setLocked(user, true),
  changed: (user) =>
    say`Locked ${code(user)}: it cannot use its account. ${commandLine(`user unlock ${user}`)} takes it back.`,
  unchanged: (user) => say`${code(user)} was locked already.`,
});

export const unlock = accountSwitch({
  name: 'unlock',
  summary: 'Let a locked account in again.',
  example: 'Let alice in again',
  to: false,
  state: 'locked',
  set: (users, user) => users.setLocked(user, false),
  changed: (user) => say`${code(user)} can use its account again.`,
  unchanged: (user) => say`${code(user)} was not locked.`,
});
