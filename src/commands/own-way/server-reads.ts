import { z } from 'zod';
import { cleanLines } from '../../core/clean.ts';
import { type Block, type Reply, reply } from '../../core/reply.ts';
import { say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';

const longest = 4_000;

/** What the homeserver prints, as it is, in no form that could be parsed. */
function printed(heading: Text, text: string, filename: string): Reply {
  const clean = cleanLines(text);
  const whole: Block = { kind: 'attachment', filename, mimetype: 'text/plain', content: clean, forReading: true };
  const shown = clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
  return reply.says(heading, {
    data: { text: clean },
    blocks: [{ kind: 'code', text: shown }, ...(shown === clean ? [] : [whole])],
  });
}

export const showConfig = command({
  path: 'server show-config',
  flat: ['show-config'],
  summary: 'The configuration in force, as the homeserver prints it, secrets masked.',
  input: z.object({}),
  examples: [['All of it', '!admin server show-config']],
  danger: 'read',
  role: 'admin',
  needs: ['upkeep'],
  run: async (_, { upkeep }) =>
    printed(say`The configuration in force; what sounds of a secret is masked:`, await upkeep.config(), 'config.txt'),
});

export const memoryUsage = command({
  path: 'server memory-usage',
  flat: ['memory-usage'],
  summary: 'What the homeserver uses of memory, as it prints it.',
  input: z.object({}),
  examples: [['How much does it use?', '!admin server memory-usage']],
  danger: 'read',
  role: 'viewer',
  needs: ['upkeep'],
  run: async (_, { upkeep }) => printed(say`Memory, as the homeserver counts it:`, await upkeep.memory(), 'memory.txt'),
});

export const listFeatures = command({
  path: 'server list-features',
  summary: 'What the homeserver was built with, as it prints it.',
  input: z.object({}),
  examples: [['All of them', '!admin server list-features']],
  danger: 'read',
  role: 'viewer',
  needs: ['upkeep'],
  run: async (_, { upkeep }) => printed(say`Features:`, await upkeep.features(), 'features.txt'),
});
