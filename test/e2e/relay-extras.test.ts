import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { extraRows } from '../homeserver/relay/extra-rows.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import type { Version } from './native-homeserver.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import type { DialectName } from './scripted-server-user.ts';

const versions: Readonly<Record<DialectName, Version>> = {
  continuwuity: '26.8',
  tuwunel: '1.9',
  palpo: '0.4',
  conduit: '0.10',
};

describeWithSynapse('what only some homeservers have, through the bot', () => {
  let server: Synapse;
  beforeAll(async () => {
    server = await startSynapse({ name: 'relay-extras' });
  });
  afterAll(async () => {
    await server?.stop();
  });

  const dialects = Object.entries(extraRows) as [DialectName, (typeof extraRows)[DialectName]][];
  describe.each(dialects.filter(([, rows]) => rows.length > 0))('%s', (dialect, rows) => {
    let lab: RelayLab;
    const here = (text: string) => text.replaceAll('x.org', server.serverName);
    beforeAll(async () => {
      lab = await openRelayLab(server, dialect, { version: versions[dialect] });
    });
    afterAll(async () => {
      await lab?.close();
    });

    /** What the bot says in the end, after a yes where it asks for one. */
    async function tell(typed: string): Promise<string> {
      const [line = '', ...below] = here(typed).split('\n');
      const { room } = lab;
      const answer = await (below.length === 0 ? room.ask(line) : room.askWith(line, below.join('\n')));
      const [, code, word = ''] = /confirm ([a-z0-9]{5})(?: `?([^\s`]+))?/.exec(answer) ?? [];
      return code === undefined ? answer : room.ask(`confirm ${code} ${word}`.trim());
    }

    test.each(rows.map((row) => [row.typed, row] as const))('%s', async (_, { typed, sent, says, shows }) => {
      lab.native.next(/./, { text: here(says) });
      const answer = await tell(typed);
      expect(answer).not.toMatch(/^(❌|⚠️|❓)/);
      expect(answer).toContain(here(shows));
      expect(lab.native.asked.at(-1)?.endsWith(here(sent))).toBe(true);
    });
  });
});
