import { Problem } from '../../core/problem.ts';
import { code, say, type Text } from '../../core/text.ts';

/** What no command, list or `native` text may do in the server's own room, judged on the words that are sent. */
export interface RelayNeverList {
  /** Throws Problem('never'). */
  check(words: readonly string[], block: readonly string[]): Promise<void>;
}

export interface RelayNeverListOptions {
  readonly botId: string;
  readonly serverUser: string;
  /** Ids and aliases of the bot's room and of the server's own. */
  readonly roomNames: () => readonly string[];
  /** Live: who is in the server's own room, and so its admin. */
  readonly admins: () => Promise<ReadonlySet<string>>;
}

/** These read, or give something back; they may name anybody and any room. */
const permitted =
  /^(--?h(elp)?|help|list.*|show.*|get.*|view.*|exists|which|info|count-users|uptime|memory-.*|build-info|incoming-federation|fetch-.*|remote-user-in-rooms|admin-notice|unsuspend|unlock|enable-.*|unban-room|make-user-admin|create|create-user|parse-pdu|verify-.*|sign-json|hash-and-sign-event|resolve-.*|ping|echo|time|query-media|last-active|erasure)$/;
/** So does this of `query` and `debug`. */
const permittedGetters =
  /^((active-)?local-users-in-room|count-one-time-keys|(first|latest)-pdu-in-room|invite-state|last|local-aliases-for-room|pdus|presence-since|room-(members(-invited)?|servers|(joined|invited)-count|user-once-joined)|rooms-(joined|left|invited)|server-in-room|servers-in-backoff|short-(event|room)-id|user-(memberships|id-for-email))$/;
/** These act on whatever they find, or past everything that could be checked. */
const boundless = /^(purge-user|raw-(del|delete|clear|set|put|compact)|force-set-room-state-from-server)$/;
/** After these an account can administer nothing any more. */
const disarming = /^(deactivate|deactivate-user|deactivate-all|suspend|lock|disable-login|revoke-admin|force-demote)$/;
const groups = new Set(['info', 'moderation', 'alias', 'directory']);
const category = /^(appservices?|users?|token|oidc|rooms?|federation|server|media|check|debug|query)$/;

/** The never-list of COMMANDS.md, "Plan and confirm", for words instead of requests. */
export function createRelayNeverList(options: RelayNeverListOptions): RelayNeverList {
  const ours = [options.botId, options.serverUser];

  const namesRoom = (value: string) =>
    options.roomNames().some((name) => {
      const whole = folded(name);
      const alias = whole.startsWith('#') ? whole.slice(1, whole.indexOf(':')) : undefined;
      return value === whole || (alias !== undefined && (value === alias || value === `#${alias}`));
    });

  async function refuseLastAdmin(values: readonly string[]): Promise<void> {
    const admins = [...(await options.admins())].filter((userId) => !ours.includes(userId));
    const hit = admins.filter((userId) => values.some((value) => namesUser(value, userId)));
    if (hit.length === 0 || hit.length < admins.length) return;
    throw new Problem(
      'never',
      say`${code(hit[0] ?? '')} is the last in the homeserver's own room besides the bot; without anybody there nobody could command it.`,
      say`Make someone else an admin first.`,
    );
  }

  return {
    async check(words, block) {
      const bare = words.filter((word) => !word.startsWith('-')).map(commandWord);
      const verb = verbOf(bare);
      const path = bare.slice(0, bare.indexOf(verb) + 1).join(' ');
      if (boundless.test(verb) && !onlyLists(verb, words))
        throw refusal(path, say`it acts on whatever it finds, the admin room among it`);
      if (permitted.test(verb) || permittedGetters.test(verb) || boundless.test(verb)) return;
      const arguments_ = words.slice(words.findIndex((word) => commandWord(word) === verb) + 1);
      const values = [...arguments_, ...block.flatMap((line) => line.split(/\s+/))].flatMap(valuesIn);
      if (values.some((value) => ours.some((userId) => namesUser(value, userId))))
        throw refusal(
          path,
          say`it would act on the bot's own account or on the homeserver's, which nobody could put right`,
        );
      if (values.some(namesRoom))
        throw refusal(
          path,
          say`it would act on the admin room or on the homeserver's own, without which there is no way back`,
        );
      if (disarming.test(verb)) await refuseLastAdmin(values);
    },
  };
}

/** This one can be asked what it would find; behind `--` the flag is none. */
function onlyLists(verb: string, words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return verb === 'purge-user' && (end === -1 ? words : words.slice(0, end)).includes('--dry-run');
}

/** What a command does: its second word, or third where the second is a group; Conduit's first. */
function verbOf([first = '', second = '', third = '']: readonly string[]): string {
  if (!category.test(first)) return first;
  return (groups.has(second) || first === 'query') && third !== '' ? third : second;
}

const commandWord = (word: string): string => stripped(folded(word)).replaceAll('_', '-');

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Without what a server that knows quotes takes away. */
const stripped = (text: string): string => text.replaceAll(/['"\\]/g, '');

/** A word as it stands and without quotes, and what stands behind an equals sign in it. */
function valuesIn(word: string): readonly string[] {
  const value = folded(word);
  const behind = value.startsWith('-') && value.includes('=') ? [value.slice(value.indexOf('=') + 1)] : [];
  return [value, ...behind].flatMap((one) => [one, stripped(one), one.replaceAll(/^[-,"'[]+|[,"'\]]+$/g, '')]);
}

/** Whole, without its server, or without its sign: all of these mean an account there. */
function namesUser(value: string, userId: string): boolean {
  const whole = folded(userId);
  const name = whole.slice(1, whole.indexOf(':'));
  return value === whole || value === `@${name}` || value === name;
}

function refusal(path: string, why: Text): Problem {
  return new Problem('never', say`${code(path)} is refused: ${why}.`);
}
