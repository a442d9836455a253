/** Commands that hold a secret or are answered with one, without the prefix, and what here hands it over in private. */
const secretCommands: readonly (readonly [RegExp, string])[] = [
  [/^(users? )?(create|create-user)\b/, 'user create-user …'],
  [/^(users? )?reset-password\b/, 'user reset-password …'],
  [/^users? issue-password-reset-link\b/, 'user reset-password …'],
  [/^query appservice (get-registration|all)\b/, 'appservice show-appservice-config …'],
  [/^token issue\b/, 'token create …'],
  [/^token list\b/, 'token list'],
  [/^token revoke\b/, 'token delete …'],
  [/^users? issue-token\b/, 'user login …'],
  [/^(server )?show-config\b/, 'server show-config'],
  [/^(appservices? )?(register|register-appservice)\b/, 'appservice register'],
  [/^appservices? (show|show-appservice-config|show-config)\b/, 'appservice show-appservice-config …'],
];

/** The typed command in place of one with a secret; `undefined` for one that has none. `words`: without the prefix. */
export function secretCommand(words: readonly string[]): string | undefined {
  const bare = words
    .map((word) =>
      word
        .toLowerCase()
        .replaceAll('_', '-')
        .replaceAll(/['"\\]/g, ''),
    )
    .join(' ');
  return secretCommands.find(([pattern]) => pattern.test(bare))?.[1];
}
