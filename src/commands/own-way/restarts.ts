import { z } from 'zod';
import { flag, text } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';

export const reloadConfig = command({
  path: 'server reload-config',
  summary: 'Let the homeserver read its configuration again, without a restart.',
  input: () => z.object({ path: text.optional().describe('One more file, on its own machine.') }),
  positionals: ['path'],
  examples: [['Read it again', '!admin server reload-config']],
  danger: 'write',
  role: 'admin',
  needs: ['upkeep'],
  async run({ path }, { upkeep }) {
    await upkeep.reloadConfig(path);
    return reply.done(say`The homeserver has read its configuration again.`);
  },
  again: 'safe',
});

export const restart = command({
  path: 'server restart',
  summary: 'Restart the homeserver.',
  cautions: ['It says only that it begins; that it is back shows when it answers again.'],
  input: () => z.object({ force: flag.describe('Also where its program was replaced meanwhile.') }),
  short: { f: 'force' },
  examples: [['What would happen?', '!admin server restart --dry-run']],
  danger: 'confirm',
  role: 'admin',
  needs: ['upkeep', 'adminRoom'],
  plan: async (_, { adminRoom }) => ({
    title: say`Restart the homeserver.`,
    targets: [{ id: serverOf(adminRoom.botId) }],
    cautions: [say`Nobody can use it until it is back.`],
    frozen: null,
  }),
  async run({ force }, { upkeep }) {
    await upkeep.restart(force);
    return reply.done(say`The homeserver restarts now.`);
  },
  settle: async () => 'unknown',
});

export const shutdown = command({
  path: 'server shutdown',
  summary: 'Stop the homeserver.',
  cautions: ['Nobody can bring it back from this room: that takes somebody on its machine.'],
  input: () => z.object({}),
  examples: [['What would happen?', '!admin server shutdown --dry-run']],
  danger: 'typed',
  role: 'admin',
  needs: ['upkeep', 'adminRoom'],
  async plan(_, { adminRoom }) {
    const serverName = serverOf(adminRoom.botId);
    return {
      title: say`Stop the homeserver ${serverName}.`,
      targets: [{ id: serverName }],
      cautions: [say`**I cannot start it again**: without it, no command reaches me.`],
      words: [serverName],
      frozen: null,
    };
  },
  async run(_, { upkeep }) {
    await upkeep.shutdown();
    return reply.done(say`The homeserver stops now.`);
  },
  settle: async () => 'unknown',
});
