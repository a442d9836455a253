import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { Appservice, Host } from '../../homeserver/host.ts';
import { command } from '../define.ts';
import { foundAppservice } from './found-appservice.ts';

async function ours(host: Host, id: string): Promise<Appservice> {
  const found = await foundAppservice(host, id);
  if (found.ours) return found;
  throw new Problem(
    'conflict',
    say`${code(id)} is registered in ${code(found.file)}, which is not mine to change.`,
    say`Take that file out of ${code('app_service_config_files')} where it is listed.`,
  );
}

export default command({
  path: 'appservice unregister',
  flat: ['unregister-appservice'],
  summary: 'Take an application service out of the homeserver’s files; its own file is kept aside.',
  cautions: ['Its accounts, rooms and messages stay. It is refused after the next restart.'],
  input: () => z.object({ id: text.describe('Its id.') }),
  positionals: ['id'],
  examples: [['What would happen?', '!admin appservice unregister irc --dry-run']],
  danger: 'confirm',
  role: 'owner',
  needs: ['host'],

  async plan({ id }, { host }) {
    const found = await ours(host, id);
    await host.mayChange(['app_service_config_files']);
    return {
      title: say`Unregister the application service ${code(id)}.`,
      targets: [{ id, note: say`${found.url ?? 'no address'}, sender ${found.senderLocalpart}` }],
      cautions: [
        say`Its tokens are refused after ${commandLine('server restart')}; until then it goes on.`,
        say`Its accounts, rooms and messages stay.`,
      ],
      instead: say`Its file is kept aside, and can be registered again.`,
      frozen: { seen: host.fingerprintOf(id) },
    };
  },

  async run({ id }, { host }, asker, frozen) {
    const { registered } = await host.appservices();
    // Taken up again after a stop: it may be done.
    if (!registered.some((one) => one.id === id)) return reply.done(say`${code(id)} is not registered any more.`);
    const found = await ours(host, id);
    const { keptAs } = await host.unregister(id, frozen?.seen ?? '', asker.source);
    return reply.done(
      say`Unregistered ${code(id)}; its file is kept as ${code(keptAs)}. It is refused after ${commandLine('server restart')}.`,
      {
        change: { before: { file: found.file }, after: { file: keptAs } },
      },
    );
  },
  again: 'safe',
});
