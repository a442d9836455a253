import { code, say } from '../../core/text.ts';
import { accountSwitchList } from './account-switch-list.ts';

export default accountSwitchList({
  name: 'suspend-list',
  summary:
    'Make every account of a pasted list read-only: they stay logged in, but cannot send, join or change anything.',
  cautions: ['Nothing is lost.'],
  example: 'See whom it would suspend',
  state: 'suspended',
  words: ['Suspend', 'Suspending'],
  instead: say`${code('user unsuspend')} takes it back, one account at a time.`,
  set: (users, user) => users.setSuspended(user, true),
});
