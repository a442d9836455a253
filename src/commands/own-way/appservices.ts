import { z } from 'zod';
import { secret, text } from '../../core/fields.ts';
import { localpartOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say } from '../../core/text.ts';
import { command } from '../define.ts';

const idOf = (yaml: string): string | undefined => /^["']?id["']?\s*:\s*["']?([^"'\s#]+)/m.exec(yaml)?.[1];

/** Throws where the registration would take over the bot's own account. */
function refuseOwn(yaml: string, botId: string): void {
  const values = [...yaml.matchAll(/(?:sender_localpart|regex)["']?\s*:\s*(.+)$/gm)].map(([, value = '']) =>
    value
      .trim()
      .replaceAll(/^["']|["']$/g, '')
      .replaceAll('\\\\', '\\'),
  );
  const isBot = values.some((value) => value === localpartOf(botId) || matches(value, botId));
  if (isBot) throw new Problem('never', say`It would take over my own account, ${code(botId)}. Nothing was done.`);
}

function matches(regex: string, id: string): boolean {
  try {
    return new RegExp(`^(?:${regex})`).test(id);
  } catch {
    return false;
  }
}

export const register = command({
  path: 'appservice register',
  flat: ['register-appservice'],
  summary: 'Register an application service (a bridge, a bot) from the YAML in the block; in force at once.',
  cautions: [
    'Your message is removed, since it holds tokens.',
    'Whoever has its `as_token` acts as all users of its namespaces.',
  ],
  input: () => z.object({ registration: secret.describe('The registration, as YAML.') }),
  body: { kind: 'text', into: 'registration', required: true },
  examples: [['A bridge', '!admin appservice register --dry-run\n```yaml\nid: signal\n```']],
  danger: 'confirm',
  role: 'owner',
  needs: ['appservices', 'adminRoom'],

  async plan({ registration }, { appservices, adminRoom }) {
    const id = idOf(registration);
    if (id === undefined) throw new Problem('usage', say`The registration has no ${code('id')}.`);
    refuseOwn(registration, adminRoom.botId);
    const known = (await appservices.list()).includes(id);
    return {
      title: known ? say`Replace the registration of ${code(id)}.` : say`Register the application service ${code(id)}.`,
      targets: [{ id }],
      cautions: [
        say`Its tokens go through the homeserver's own admin room; I remove them there, as far as I may.`,
        ...(known ? [say`It is registered already; some homeservers refuse a second one of that id.`] : []),
      ],
      instead: say`${commandLine(`appservice unregister ${id}`)} takes it back.`,
      frozen: null,
    };
  },

  async run({ registration }, { appservices, adminRoom }) {
    refuseOwn(registration, adminRoom.botId);
    const { id, exposed } = await appservices.register(registration);
    const there = (await appservices.list()).includes(id);
    if (!there) throw new Problem('rejected', say`The homeserver said yes, but does not list ${code(id)}.`);
    return reply.done(joined([say`Registered ${code(id)}; it is in force.`, ...(exposed ? [exposed] : [])], ' '), {
      change: { before: null, after: { id } },
    });
  },
  async settle({ registration }, { appservices }) {
    return (await appservices.list()).includes(idOf(registration) ?? '') ? 'unknown' : 'not done';
  },
});

export const unregister = command({
  path: 'appservice unregister',
  flat: ['unregister-appservice'],
  summary: 'Take an application service out of the homeserver; its accounts, rooms and messages stay.',
  input: () => z.object({ id: text.describe('Its id.') }),
  positionals: ['id'],
  examples: [['What would happen?', '!admin appservice unregister irc --dry-run']],
  danger: 'confirm',
  role: 'owner',
  needs: ['appservices'],

  async plan({ id }, { appservices }) {
    if (!(await appservices.list()).includes(id))
      throw new Problem('not-found', say`No application service ${code(id)} is registered.`);
    return {
      title: say`Unregister the application service ${code(id)}.`,
      targets: [{ id }],
      cautions: [say`Its tokens are refused at once, and are gone: registering it again takes its file.`],
      frozen: null,
    };
  },
  async run({ id }, { appservices }) {
    await appservices.unregister(id);
    return reply.done(say`Unregistered ${code(id)}.`, { change: { before: { id }, after: null } });
  },
  settle: async ({ id }, { appservices }) => ((await appservices.list()).includes(id) ? 'not done' : 'done'),
});

export const show = command({
  path: 'appservice show-appservice-config',
  aliases: ['appservice show'],
  summary: 'The registration of an application service, its tokens masked.',
  input: () => z.object({ id: text.describe('Its id.') }),
  positionals: ['id'],
  examples: [['One of them', '!admin appservice show irc']],
  danger: 'read',
  role: 'owner',
  needs: ['appservices'],
  async run({ id }, { appservices }) {
    const yaml = await appservices.show(id);
    if (yaml === undefined) throw new Problem('not-found', say`No application service ${code(id)} is registered.`);
    return reply.says(say`${code(id)}:`, { data: { yaml }, blocks: [{ kind: 'code', text: yaml, language: 'yaml' }] });
  },
});

export const list = command({
  path: 'appservice list-registered',
  aliases: ['appservice list'],
  flat: ['list-appservices'],
  summary: 'The application services (bridges, bots) that the homeserver knows.',
  input: () => z.object({}),
  examples: [['All of them', '!admin appservice list-registered']],
  danger: 'read',
  role: 'owner',
  needs: ['appservices'],
  async run(_, { appservices }) {
    const ids = await appservices.list();
    return reply.listing(
      { columns: [{ key: 'id', title: 'Id' }], show: ['id'], rows: ids.map((id) => ({ id })), data: ids },
      say`${counted(ids.length, 'application service')}.`,
    );
  },
});
