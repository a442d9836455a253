import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { nearest } from '../../core/nearest.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say } from '../../core/text.ts';
import { synapseOptions } from '../../homeserver/synapse-options.ts';
import { command } from '../define.ts';

/** A value of the configuration in one line. */
const inLine = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export default command({
  path: 'server show-config',
  flat: ['show-config'],
  summary: 'The configuration of the homeserver as its files say, every secret masked.',
  cautions: ['What is in the files, not what is in force: a change of them takes a restart.'],
  input: () => z.object({ key: text.optional().describe('One of its top-level keys.') }),
  positionals: ['key'],
  examples: [
    ['All of it', '!admin server show-config'],
    ['One section', '!admin server show-config listeners'],
  ],
  danger: 'read',
  role: 'admin',
  needs: ['host'],

  async run({ key }, { host }) {
    const { options, files } = await host.config();
    if (key !== undefined) {
      const found = options.find((one) => one.key === key);
      if (found === undefined)
        throw unset(
          key,
          options.map((one) => one.key),
        );
      return {
        ...reply.says(say`${code(key)}, from ${code(found.file)}:`, { data: { [key]: found.value } }),
        blocks: [
          { kind: 'paragraph', text: say`${code(key)}, from ${code(found.file)}:` },
          { kind: 'code', text: JSON.stringify(found.value, undefined, 2), language: 'json' },
        ],
      };
    }
    return {
      ...reply.listing(
        {
          columns: [
            { key: 'key', title: 'Key' },
            { key: 'value', title: 'Value' },
            { key: 'file', title: 'File' },
            { key: 'path', title: 'Path' },
          ],
          show: ['key', 'value', 'file'],
          rows: options.map((one) => ({
            key: one.key,
            value: inLine(one.value),
            file: one.file.split('/').at(-1),
            path: one.file,
          })),
        },
        say`${counted(options.length, 'key')} in ${counted(files.length, 'file')}: ${joined(files.map(code))}. Secrets are masked.`,
      ),
      data: Object.fromEntries(options.map((one) => [one.key, one.value])),
    };
  },
});

function unset(key: string, there: readonly string[]): Problem {
  const near = nearest(key, [...there, ...synapseOptions]);
  const hint =
    near.length > 0
      ? say`Perhaps ${joined(
          near.map((one) => commandLine(`server show-config ${one}`)),
          ' or ',
        )}.`
      : undefined;
  return new Problem(
    'not-found',
    say`No file sets ${code(key)}${synapseOptions.has(key) ? say`; Synapse’s own default is in force.` : say`.`}`,
    hint,
  );
}
