import { z } from 'zod';
import { flag, text } from '../../../core/fields.ts';
import { code, commandLine, say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

/** What is done for whoever works on the homeserver. */
export const debugExtras = [
  extraAct('debug change-log-level', {
    summary: 'Let the homeserver log more or less, until it is started again.',
    cautions: ['With `debug` and `trace` much of what people do stands in the log, with their addresses and ids.'],
    input: z
      .object({
        filter: text.optional().describe('Like its `log` setting: `info`, or `warn,conduwuit=debug`.'),
        reset: flag.describe('Back to what its configuration says.'),
      })
      .check(({ value, issues }) => {
        if ((value.filter === undefined) === !value.reset)
          issues.push({ code: 'custom', input: undefined, message: 'Either a filter or --reset is needed.' });
      }),
    positionals: ['filter'],
    short: { r: 'reset' },
    example: ['Say more', '!admin debug change-log-level debug'],
    danger: 'write',
    role: 'admin',
    title: () => say`Change what the homeserver logs.`,
    target: ({ filter }) => filter ?? 'its configuration',
    done: ({ filter }) =>
      filter === undefined
        ? say`It logs what its configuration says.`
        : say`It logs by ${code(filter)} until it is started again; ${commandLine('debug change-log-level --reset')} takes that back.`,
  }),
  extraAct('debug force-device-list-updates', {
    summary: 'Tell everybody that the keys of all devices here may be new, so that they are asked for again.',
    input: z.object({}),
    example: ['After keys went wrong', '!admin debug force-device-list-updates'],
    danger: 'confirm',
    role: 'admin',
    title: () => say`Mark the keys of all devices of all accounts as new.`,
    target: () => 'all devices',
    warns: [say`Every client and every server that shares a room with them asks for their keys again.`],
    done: () => say`All devices are marked as having new keys.`,
  }),
  extraAct('debug trim-memory', {
    summary: 'Let the homeserver give memory that it does not use back to the system.',
    input: z.object({}),
    example: ['Give it back', '!admin debug trim-memory'],
    danger: 'write',
    role: 'admin',
    title: () => say`Give unused memory back.`,
    target: () => 'memory',
    done: () => say`It has given unused memory back.`,
  }),
];
