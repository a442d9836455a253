import { parseFlags } from '../parse-flags.ts';

export const initHelp = `castellan init: sets the bot up against a homeserver. Safe to run again.

  --homeserver URL              the homeserver's client and admin API (asked)
  --client-url URL              where users log in, if that is another address
  --admin-user USER             an admin of the server, whose password makes the account
  --admin-password-file FILE    that password; - reads standard input (asked)
  --shared-secret-file FILE     or the registration_shared_secret instead; - reads standard input,
                                and so may CASTELLAN_REGISTRATION_SHARED_SECRET hold it
  --first-admin LOCALPART       the first human admin, where the server has none (asked);
                                the password is made, and printed once
  --bot-user LOCALPART          the bot's account (castellan)
  --room-alias ALIAS            the admin room (#admins)
  --config FILE                 the configuration to write (bot.config.json)
  --token-file FILE             the token to write (castellan.token beside the configuration)
  --data-dir DIR                the bot's state (data beside the configuration)
  --force                       overwrite a configuration that says otherwise; the old one is kept as .bak
  --non-interactive             ask nothing
  --rebind                      only bind the bot to the room that --config names now, after an upgrade
`;

const options = {
  homeserver: { type: 'string' },
  'client-url': { type: 'string' },
  'admin-user': { type: 'string' },
  'admin-password-file': { type: 'string' },
  'shared-secret-file': { type: 'string' },
  'first-admin': { type: 'string' },
  'bot-user': { type: 'string' },
  'room-alias': { type: 'string' },
  config: { type: 'string' },
  'token-file': { type: 'string' },
  'data-dir': { type: 'string' },
  force: { type: 'boolean' },
  'non-interactive': { type: 'boolean' },
  rebind: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type InitFlags = ReturnType<typeof parseInitFlags>;

/** Throws Problem `usage`. */
export function parseInitFlags(argv: readonly string[]) {
  return parseFlags('init', argv, options);
}
