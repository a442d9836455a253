import { code, say } from '../../core/text.ts';
import { accountSwitchList } from './account-switch-list.ts';

export default accountSwitchList({
  name: 'lock-list',
  summary: 'Shut every account of a pasted list out: their sessions stop working until they are unlocked.',
  cautions: ['Passwords, devices and rooms are kept.'],
  example: 'See whom it would lock out',
  state: 'locked',
  words: ['Lock', 'Locking'],
  instead: say`${code('user unlock')} takes it back, one account at a time.`,
  set: (users, user) => users.setLocked(user, true),
});
