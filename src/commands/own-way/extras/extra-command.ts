import type { z } from 'zod';
import { serverOf } from '../../../core/ids.ts';
import { reply } from '../../../core/reply.ts';
import { say, type Text } from '../../../core/text.ts';
import type { ExtraInputs, ExtraName } from '../../../homeserver/extras.ts';
import { type AnyCommand, type Command, command, type Danger } from '../../define.ts';
import { notTheBot } from '../../user/not-the-bot.ts';
import { printed } from '../printed.ts';

type Of<Shape extends z.ZodObject> = Command<Shape, 'extras' | 'adminRoom', null>;

interface Declared<Shape extends z.ZodObject>
  extends Pick<
    Of<Shape>,
    'flat' | 'summary' | 'cautions' | 'input' | 'positionals' | 'rest' | 'body' | 'short' | 'role'
  > {
  readonly example: readonly [title: string, line: string];
}

interface DeclaredRead<Shape extends z.ZodObject> extends Declared<Shape>, Pick<Of<Shape>, 'audited'> {
  /** Above what the homeserver printed. */
  heading(input: z.output<Shape>): Text;
}

interface DeclaredAct<Shape extends z.ZodObject> extends Declared<Shape>, Pick<Of<Shape>, 'takesFrom'> {
  readonly danger: Exclude<Danger, 'read'>;
  /** A higher class with this input. */
  raise?(input: z.output<Shape>): Danger | undefined;
  /** "Forbid new logins of `@bob:example.org`." */
  title(input: z.output<Shape>): Text;
  /** What it acts on; of `typed` it is also what confirms, of several their number. */
  target(input: z.output<Shape>, serverName: string): string | readonly string[];
  /** What cannot be undone, what others will see. */
  readonly warns?: readonly Text[] | ((input: z.output<Shape>) => readonly Text[]);
  readonly instead?: (input: z.output<Shape>) => Text;
  /** `said`: what the homeserver told beyond that it is done. */
  done(input: z.output<Shape>, said: string): Text;
  /** What it told is shown below, as it prints it. */
  readonly prints?: true;
}

/** What only some homeservers can be asked, shown as they print it. */
export function extraRead<Name extends ExtraName, Shape extends z.ZodObject>(
  path: Name,
  { example, heading, ...declared }: DeclaredRead<Shape> & { readonly input: () => z.ZodType<ExtraInputs[Name]> },
): AnyCommand {
  return command({
    ...declared,
    path,
    examples: [example],
    danger: 'read',
    needs: ['extras'],
    run: async (input, { extras }) =>
      printed(heading(input), await extras.do(path, input as ExtraInputs[Name]), filenameOf(path)),
  });
}

/** What only some homeservers can be told to do. Whether it was done shows nowhere else, where the answer is lost. */
export function extraAct<Name extends ExtraName, Shape extends z.ZodObject>(
  path: Name,
  {
    example,
    title,
    target,
    warns = [],
    instead,
    done,
    prints,
    ...declared
  }: DeclaredAct<Shape> & {
    readonly input: () => z.ZodType<ExtraInputs[Name]>;
  },
): AnyCommand {
  return command({
    ...declared,
    path,
    examples: [example],
    needs: ['extras', 'adminRoom'],
    async plan(input, { adminRoom }) {
      for (const user of declared.takesFrom?.(input) ?? []) notTheBot(user, adminRoom.botId, 'do that to');
      const targets = [target(input, serverOf(adminRoom.botId))].flat();
      return {
        title: title(input),
        targets: targets.map((id) => ({ id })),
        cautions: typeof warns === 'function' ? warns(input) : warns,
        words: [targets.length === 1 ? (targets[0] ?? '') : String(targets.length)],
        ...(instead === undefined ? {} : { instead: instead(input) }),
        frozen: null,
      };
    },
    async run(input, { extras }) {
      const said = await extras.do(path, input as ExtraInputs[Name]);
      if (prints === true) return printed(say`✅ ${done(input, said)}`, said, filenameOf(path));
      return reply.done(done(input, said), { change: { after: { said } } });
    },
    settle: async () => 'unknown',
  });
}

const filenameOf = (path: string): string => `${path.replaceAll(' ', '-')}.txt`;
