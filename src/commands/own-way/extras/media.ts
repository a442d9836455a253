import { z } from 'zod';
import { count, flag, mxc, server, text } from '../../../core/fields.ts';
import { code, counted, say, type Text } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

const remote = {
  mxc: mxc.describe('Its address, like mxc://example.org/abcDEF.'),
  server: server.optional().describe("Which server to ask; the file's own where left out."),
  timeout: count(1, 600_000).default(10_000).describe('How long to wait, in milliseconds.'),
};

const arrived = (what: string, address: string, bytes: string): Text =>
  say`The homeserver has fetched ${what}${code(address)}: ${counted(Number(bytes), 'byte')}.`;

export const mediaExtras = [
  extraAct('media delete-all-from-server', {
    summary: 'Delete all files that came from one server.',
    cautions: [
      'With the name of this homeserver and `--yes-i-want-to-delete-local-media`: all files of its own people.',
    ],
    input: () =>
      z.object({
        server: server.describe('Whose files.'),
        yesIWantToDeleteLocalMedia: flag.describe('Also where it is this homeserver itself.'),
      }),
    positionals: ['server'],
    example: ['Everything of a server of spam', '!admin media delete-all-from-server spam.example'],
    danger: 'typed',
    role: 'admin',
    title: ({ server: name }) => say`Delete all files that came from ${code(name)}; number unknown.`,
    target: ({ server: name }) => name,
    warns: ({ yesIWantToDeleteLocalMedia: local }) => [
      say`What is gone here comes back only where that server still has it, and somebody looks at it again.`,
      ...(local ? [say`Of this homeserver's own files **there is no other copy**.`] : []),
    ],
    done: ({ server: name }, files) => say`Deleted ${counted(Number(files), 'file')} of ${code(name)}.`,
  }),
  extraAct('media get-remote-file', {
    summary: 'Let the homeserver fetch a file of another server, to see whether that works.',
    cautions: ['It keeps a copy, as if somebody had looked at the file. The file itself is not shown.'],
    input: () => z.object(remote),
    positionals: ['mxc'],
    short: { s: 'server', t: 'timeout' },
    example: ['Does it come?', '!admin media get-remote-file mxc://matrix.org/abcDEF'],
    danger: 'write',
    role: 'moderator',
    title: ({ mxc: address }) => say`Fetch ${code(address)}.`,
    target: ({ mxc: address }) => address,
    done: ({ mxc: address }, bytes) => arrived('', address, bytes),
  }),
  extraAct('media get-remote-thumbnail', {
    summary: 'Let the homeserver fetch a small picture of a file of another server, to see whether that works.',
    cautions: ['It keeps a copy, as if somebody had looked at the file. The picture itself is not shown.'],
    input: () =>
      z.object({
        ...remote,
        width: count(1, 10_000).default(800).describe('In pixels.'),
        height: count(1, 10_000).default(800).describe('In pixels.'),
      }),
    positionals: ['mxc'],
    short: { s: 'server', t: 'timeout' },
    example: ['Does it come?', '!admin media get-remote-thumbnail mxc://matrix.org/abcDEF'],
    danger: 'write',
    role: 'moderator',
    title: ({ mxc: address }) => say`Fetch a small picture of ${code(address)}.`,
    target: ({ mxc: address }) => address,
    done: ({ mxc: address }, bytes) => arrived('a small picture of ', address, bytes),
  }),
  extraAct('media delete-url-preview', {
    summary: 'Forget what web pages look like in a preview, so that they are asked again.',
    input: () =>
      z
        .object({
          url: text.optional().describe('The address of the page.'),
          all: flag.describe('Of all pages.'),
        })
        .check(({ value, issues }) => {
          if ((value.url === undefined) === !value.all)
            issues.push({ code: 'custom', input: undefined, message: 'Either an address or --all is needed.' });
        }),
    positionals: ['url'],
    example: ['A page that has changed', '!admin media delete-url-preview https://example.org/news'],
    danger: 'write',
    role: 'moderator',
    title: () => say`Forget previews of web pages.`,
    target: ({ url }) => url ?? 'all previews',
    done: ({ url }) =>
      url === undefined ? say`All previews are forgotten.` : say`The preview of ${code(url)} is forgotten.`,
  }),
  extraRead('media preview', {
    summary: 'What people are shown of a web page before they open it.',
    cautions: ['The homeserver asks the page, unless it has done so lately.'],
    input: () =>
      z.object({
        url: text.describe('The address of the page.'),
        noCache: flag.describe('Ask the page in any case.'),
      }),
    positionals: ['url'],
    example: ['A page', '!admin media preview https://example.org/news'],
    role: 'moderator',
    heading: ({ url }) => say`A preview of ${code(url)}, in the words of the page:`,
  }),
];
