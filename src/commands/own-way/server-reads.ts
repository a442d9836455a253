import { z } from 'zod';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { printed } from './printed.ts';

export const showConfig = command({
  path: 'server show-config',
  flat: ['show-config'],
  summary: 'The configuration in force, as the homeserver prints it, secrets masked.',
  input: () => z.object({}),
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
  input: () => z.object({}),
  examples: [['How much does it use?', '!admin server memory-usage']],
  danger: 'read',
  role: 'viewer',
  needs: ['upkeep'],
  run: async (_, { upkeep }) => printed(say`Memory, as the homeserver counts it:`, await upkeep.memory(), 'memory.txt'),
});

export const listFeatures = command({
  path: 'server list-features',
  summary: 'What the homeserver was built with, as it prints it.',
  input: () => z.object({}),
  examples: [['All of them', '!admin server list-features']],
  danger: 'read',
  role: 'viewer',
  needs: ['upkeep'],
  run: async (_, { upkeep }) => printed(say`Features:`, await upkeep.features(), 'features.txt'),
});
