import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, counted, joined, say, wordsOf } from '../../core/text.ts';
import { command, type ItemResult, type Step } from '../define.ts';
import { accountMarks } from './account-marks.ts';
import { deactivationCautions } from './deactivate-account.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';
import { forbidsAll, type PartResult, purgeParts } from './purge-parts.ts';
import { redactionCautions } from './redaction-cautions.ts';
import { dueIn, writtenRoomNote, writtenRooms } from './written-rooms.ts';

const planned = once(() => z.object({ admin: z.boolean() }));

/** What the step keeps: the results of the parts that are over, and what the one under way keeps itself. */
const kept = once(() =>
  z.object({
    over: z.array(z.object({ name: z.string(), well: z.boolean(), note: z.string() })),
    under: z.json().nullable(),
    /** How often the part under way got no answer. */
    silences: z.number(),
  }),
);
type Kept = z.output<ReturnType<typeof kept>>;

/** A part is given up after so many tries to which the homeserver gave no answer; the later ones still have their turn. */
const mostSilences = 3;

export default command({
  path: 'user purge-spammer',
  summary: 'Suspend an account, redact all it wrote, delete its files, and close it for good.',
  cautions: [
    'In this order: suspend, redact in all rooms, delete media, deactivate. A part that fails does not keep the later ones from being done.',
    'Neither the messages nor the files can be restored, and reactivating the account brings back neither rooms nor password.',
    'Suspending alone is the reversible way.',
  ],
  input: () => z.object({ user: localUser.describe('Whose account.') }),
  positionals: ['user'],
  examples: [['See what it would do', '!admin user purge-spammer bob --dry-run']],
  danger: 'typed',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'rooms', 'redactions', 'media', 'adminRoom'],

  async plan({ user }, caps, asker) {
    const { users, media, adminRoom } = caps;
    notTheBot(user, adminRoom.botId, 'purge');
    const account = await localAccount(users, user);
    const found = await writtenRooms(caps, user);
    const { total: files } = await media.ofUser(user, { from: 0, limit: 1 });
    const joinedRooms = await users.joinedRooms(user);
    if (account.deactivated && found.rooms.length === 0 && files === 0 && joinedRooms.length === 0) {
      throw new Problem(
        'conflict',
        say`${code(user)} is deactivated already, and has neither messages nor files here; there is nothing to do.`,
      );
    }
    const mine = new Set(await users.joinedRooms(asker.userId));
    const marks = accountMarks(account, asker);
    const messages = counted(dueIn(found.rooms), 'message');
    return {
      title: say`Purge ${code(user)}: suspend it, redact ${messages} in ${counted(found.rooms.length, 'room')}, delete ${counted(files, 'file')}, deactivate it.`,
      targets: [
        { id: user, note: joined([say`in ${counted(joinedRooms.length, 'room')}`, ...marks]) },
        ...found.rooms.map((one) => ({ id: one.roomId, note: writtenRoomNote(one, adminRoom.roomId, mine) })),
      ],
      cautions: [
        ...redactionCautions(found, { userId: user }),
        say`The files are removed from this server's disk; other servers may keep copies.`,
        ...deactivationCautions.leaving,
      ],
      instead: say`${commandLine(`user suspend ${user}`)} alone stops it at once, and can be undone.`,
      words: [user],
      frozen: { admin: account.admin },
    };
  },

  async run({ user }, _caps, _asker, frozen) {
    return {
      job: { items: [{ target: user, data: planned().parse(frozen) }], heading: say`Purging ${code(user)}` },
    };
  },

  job: {
    pace: 'purge',
    async step({ target, data }, _input, caps, _asker, step) {
      const { users, adminRoom } = caps;
      notTheBot(target, adminRoom.botId, 'purge');
      const account = await users.get(target);
      if (account === undefined) return { state: 'skipped', note: 'gone since the plan was shown' };
      if (account.admin && !planned().parse(data).admin) {
        return { state: 'skipped', note: 'has become a server admin since the plan was shown' };
      }
      for (const [at, part] of purgeParts.entries()) {
        if (at < known(step).over.length) continue;
        if (step.cancelled()) return ended(step);
        const place = `Part ${at + 1} of ${purgeParts.length}, ${part.name}`;
        step.says(`${place}.`);
        const result = await part
          .act(account, caps, stepWithin(step, place))
          .catch((error) => resultOf(error, step, at === 0));
        step.keep({ over: [...known(step).over, { name: part.name, ...result }], under: null, silences: 0 });
      }
      return ended(step);
    },
  },
});

function known({ kept: stored }: Step): Kept {
  return kept().parse(stored ?? { over: [], under: null, silences: 0 });
}

/** The step as a part sees it, which keeps things of its own. */
function stepWithin(step: Step, place: string): Step {
  return {
    since: step.since,
    seen: step.seen,
    get kept() {
      return known(step).under ?? undefined;
    },
    keep: (under) => step.keep({ ...known(step), under }),
    says: (text) => step.says(`${place}: ${text}`),
    wait: (ms) => step.wait(ms),
    cancelled: step.cancelled,
  };
}

/** A part that failed, so that the next one has its turn; throws where it is to be tried again, or all is to end. */
function resultOf(error: unknown, step: Step, first: boolean): PartResult {
  if (!(error instanceof Problem) || error.code === 'unavailable' || error.code === 'internal') throw error;
  if (first && forbidsAll(error)) throw error;
  if (error.code !== 'unknown-outcome') return { well: false, note: `failed: ${wordsOf(error.text)}` };
  const now = known(step);
  if (now.silences + 1 >= mostSilences) {
    return { well: false, note: 'outcome unknown: the homeserver gave no answer' };
  }
  step.keep({ ...now, silences: now.silences + 1 });
  throw new Problem('unavailable', error.text);
}

function ended(step: Step): ItemResult {
  const { over } = known(step);
  const notBegun = purgeParts.slice(over.length).map(({ name }) => name);
  const words = over.map(({ name, well, note }) => (well ? note : `⚠️ ${name}: ${note}`));
  if (notBegun.length > 0) words.push(`cancelled before: ${notBegun.join(', ')}`);
  const well = notBegun.length === 0 && over.every((part) => part.well);
  return { state: well ? 'done' : 'failed', note: words.join('; '), change: { after: over } };
}
