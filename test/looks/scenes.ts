/** What is asked for one picture; each line is answered, and a job's end is waited for. */
export interface Scene {
  readonly name: string;
  readonly lines: readonly string[];
}

const list = (command: string, ...items: readonly string[]) => `${command}\n\`\`\`\n${items.join('\n')}\n\`\`\``;

/** In this order, each builds on those before it. */
export const scenes: readonly Scene[] = [
  { name: 'first-steps', lines: ['help', 'help user', 'user create-user alice', 'server status'] },
  {
    name: 'accounts',
    lines: [
      list('user create-list --yes-i-want-to-do-this', 'bob', 'carol,,Carol King', 'mallory,,Free Crypto 🎁', 'trudy'),
      'user suspend mallory',
      'user list-users',
      'user details mallory',
      'user devices admin',
    ],
  },
  {
    name: 'newcomer',
    lines: [
      '',
      'hlep',
      'user',
      'bot whoami',
      'list-users bob',
      'user reset-password bob',
      'user make-user-admin bob',
      'user lock',
      'user details nobody',
      'user deactivate castellan',
      'room details #nowhere',
      'user whois bob',
      'user list-joined-rooms admin',
    ],
  },
  // These two are in the README.
  { name: 'overview', lines: ['user list-users', 'room list-rooms', 'server status'] },
  { name: 'plan', lines: ['user deactivate mallory', 'user detials mallory'] },
  { name: 'lists', lines: [list('user suspend-list', 'bob', 'carol', 'nobody', 'bob'), 'user suspend-list'] },
  {
    name: 'rooms',
    lines: ['room list-rooms', 'room details #admins', 'room power-levels #admins', 'room messages #admins --limit 4'],
  },
  { name: 'state', lines: ['room state #admins'] },
  {
    name: 'server',
    lines: ['server list-features', 'server background-updates', 'federation destinations', 'bot status', 'bot doctor'],
  },
  {
    name: 'records',
    lines: ['audit list --limit 5', 'audit show 1', 'job list', 'token create --uses 1', 'token list'],
  },
  {
    name: 'media',
    lines: ['media statistics', 'media list --user admin', 'user media admin', 'history purge #admins -d 3'],
  },
  { name: 'help', lines: ['help user deactivate', 'help --search password', 'user list-users --sort size'] },
];
