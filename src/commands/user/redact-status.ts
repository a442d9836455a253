import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { text } from '../../core/fields.ts';
import { parseUser, serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { type Block, paragraph, type Reply, reply } from '../../core/reply.ts';
import { code, counted, joined, say } from '../../core/text.ts';
import type { Redaction, RedactionState } from '../../homeserver/redactions.ts';
import { command } from '../define.ts';

const words: Readonly<Record<RedactionState, string>> = {
  scheduled: 'waits for its turn at the homeserver',
  active: 'under way',
  complete: 'complete',
  failed: 'failed',
  cancelled: 'called off',
};

const shownRefusals = 20;

export default command({
  path: 'user redact-status',
  summary: 'How far the redaction of what somebody wrote has come.',
  cautions: [
    'The homeserver forgets a redaction a week after its end.',
    'Complete means that it has gone through all rooms: refused ones, and those beyond the limit, are still there.',
  ],
  input: () =>
    z.object({
      id: text.describe('The id of the redaction, as the end of `user redact` tells it, or a whole user id.'),
    }),
  positionals: ['id'],
  examples: [['The latest of alice', '!admin user redact-status @alice:example.org']],
  danger: 'read',
  role: 'viewer',
  needs: ['redactions', 'adminRoom', 'clock'],

  async run({ id }, { redactions, adminRoom, clock }) {
    if (id.startsWith('@')) {
      const userId = parseUser(id, serverOf(adminRoom.botId));
      const [latest, ...earlier] = (await redactions.ofUser(userId)).toSorted(
        (one, other) => other.changedAt - one.changedAt,
      );
      if (latest !== undefined) return shown(latest, earlier, clock());
      return reply.says(say`No redaction of ${code(userId)} in the last week is known.`, { data: null });
    }
    const found = await redactions.get(id);
    if (found !== undefined) return shown(found, [], clock());
    throw new Problem(
      'not-found',
      say`There is no redaction with the id ${code(id)}, or the homeserver has forgotten it.`,
      say`A whole user id can stand in its place: ${code('@alice:example.org')}.`,
    );
  },
});

function shown(found: Redaction, earlier: readonly Redaction[], now: number): Reply {
  const refused = [...found.refused];
  const list: Block[] =
    refused.length === 0
      ? []
      : [
          paragraph(say`Refused by the homeserver:`),
          {
            kind: 'list',
            items: refused.slice(0, shownRefusals).map(([eventId, why]) => say`${code(eventId)}: ${why}`),
          },
          ...(refused.length > shownRefusals
            ? [
                paragraph(
                  say`And ${counted(refused.length - shownRefusals, 'more', 'more')}; ${code('-o json')} has all of them.`,
                ),
              ]
            : []),
        ];
  return {
    outcome: 'done',
    data: found.raw,
    blocks: [
      {
        kind: 'fields',
        fields: [
          ['Redaction', code(found.redactionId)],
          ['User', code(found.userId)],
          ['State', words[found.state]],
          ['Last moved on', formatTime(found.changedAt, now)],
          ['Refused', counted(refused.length, 'message')],
          ...(found.error === undefined ? [] : [['Error', found.error] as const]),
          ...(earlier.length === 0
            ? []
            : [['Earlier ones', joined(earlier.map(({ redactionId }) => code(redactionId)))] as const]),
        ],
      },
      ...list,
    ],
  };
}
