import { z } from 'zod';
import { eventId, flag, server, text } from '../../../core/fields.ts';
import { code, commandLine, counted, say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

/** What is done for whoever works on the homeserver. */
export const debugExtras = [
  extraAct('debug change-log-level', {
    summary: 'Let the homeserver log more or less, until it is started again.',
    cautions: ['With `debug` and `trace` much of what people do stands in the log, with their addresses and ids.'],
    input: () =>
      z
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
    input: () => z.object({}),
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
    input: () => z.object({}),
    example: ['Give it back', '!admin debug trim-memory'],
    danger: 'write',
    role: 'admin',
    title: () => say`Give unused memory back.`,
    target: () => 'memory',
    done: () => say`It has given unused memory back.`,
  }),
  extraAct('debug get-remote-pdu', {
    summary: 'Fetch an event from another server.',
    cautions: ['Some homeservers take it into the room, as if it had been sent to them; others only show it.'],
    input: () =>
      z.object({
        eventId: eventId.describe('Its id, which begins with a $.'),
        server: server.describe('Which server to ask.'),
      }),
    positionals: ['eventId', 'server'],
    example: ['An event that is missing here', "!admin debug get-remote-pdu '$abc' matrix.org"],
    danger: 'write',
    role: 'admin',
    title: ({ eventId: id, server: name }) => say`Fetch ${code(id)} from ${code(name)}.`,
    target: ({ eventId: id }) => id,
    prints: true,
    done: ({ eventId: id, server: name }) => say`${code(name)} has sent ${code(id)}:`,
  }),
  extraAct('debug get-remote-pdu-list', {
    summary: 'Fetch many events from another server.',
    cautions: [
      'Some homeservers take them into their rooms, as if they had been sent to them.',
      'Without `--force` it ends with the first that does not come; those before it have come.',
    ],
    input: () =>
      z.object({
        server: server.describe('Which server to ask.'),
        force: flag.describe('Go on after one that does not come.'),
        eventIds: z.array(eventId).describe('Their ids.'),
      }),
    positionals: ['server'],
    body: { kind: 'list', into: 'eventIds', required: true },
    short: { f: 'force' },
    example: ['Two of them', '!admin debug get-remote-pdu-list matrix.org\n```\n$abc\n$def\n```'],
    danger: 'write',
    role: 'admin',
    title: ({ eventIds, server: name }) => say`Fetch ${counted(eventIds.length, 'event')} from ${code(name)}.`,
    target: ({ server: name }) => name,
    done: ({ server: name }, how) => say`Of the events of ${code(name)}: ${how}.`,
  }),
  extraAct('debug send-test-email', {
    summary: "Let the homeserver send a mail to the address of the bot's account, to see whether that works.",
    cautions: ['`user change-email` gives that account one first.'],
    input: () => z.object({}),
    example: ['Does mail work?', '!admin debug send-test-email'],
    danger: 'write',
    role: 'admin',
    title: () => say`Send a mail to try it.`,
    target: () => 'mail',
    done: (_, address) => say`The homeserver has sent a mail to ${address}.`,
  }),
];
