/** Commands that hold a secret or are answered with one, without the prefix, and what here hands it over in private. */
const secretCommands: readonly (readonly [RegExp, string | undefined])[] = [
  [/^(users? )?(create|create-user)\b/, 'user create-user …'],
  [/^(users? )?reset-password\b/, 'user reset-password …'],
  // Of continuwuity 0.5.7 to 0.5.11: whoever has the link sets the password.
  [/^users? issue-password-reset-link\b/, 'user reset-password …'],
  [/^token issue\b/, 'token create …'],
  [/^token list\b/, 'token list'],
  [/^token revoke\b/, 'token delete …'],
  [/^users? issue-token\b/, 'user login …'],
  [/^(server )?show-config\b/, 'server show-config'],
  [/^(appservices? )?(register|register-appservice)\b/, 'appservice register'],
  [
    /^(appservices? (show|show-appservice-config|show-config)|query appservice)\b/,
    'appservice show-appservice-config …',
  ],
  // What nothing here asks for: logins, hashes of passwords, keys of pushers, tokens of identity providers, stored values.
  [/^debug create-jwt\b/, undefined],
  [
    /^query (account-data\b|pusher get-|sending (active|queued)-|oauth (show|token)-|storage (configs|providers|debug)\b)/,
    undefined,
  ],
  [/^query users (password-hash|auth-ldap)\b/, undefined],
  [/^query raw (raw-)?(get|iter|keys)(?!-(sizes|total)\b)/, undefined],
];

/** A command with a secret. */
export interface SecretCommand {
  /** The typed command in its place, where there is one. */
  readonly typed: string | undefined;
}

/** `undefined` for a command without a secret. `words`: without the prefix. */
export function secretCommand(words: readonly string[]): SecretCommand | undefined {
  const bare = words
    .map((word) =>
      word
        .toLowerCase()
        .replaceAll('_', '-')
        .replaceAll(/['"\\]/g, ''),
    )
    .join(' ');
  const found = secretCommands.find(([pattern]) => pattern.test(bare));
  return found === undefined ? undefined : { typed: found[1] };
}
