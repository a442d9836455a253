import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { nearest } from '../../core/nearest.ts';
import { Problem } from '../../core/problem.ts';
import { readYaml } from '../../core/read-yaml.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { ConfigOption, HostConfig } from '../../homeserver/host.ts';
import { synapseOptions } from '../../homeserver/synapse-options.ts';
import { type Capabilities, command } from '../define.ts';
import { registrationIn } from './open-registration.ts';

type Scalar = string | number | boolean;

/** Never: who the server is, where its data lie, whatever is or leads to a secret. */
const refused =
  /^(?:server_name|database|databases|database_path|listeners|modules|password_providers|.*_path|.*_config_files|log_config|pid_file)$/;
const secretive = /secret|password|passwd|token$|pepper|signing_key|private_key|_key$/;
const reloaded = new Set(['caches']);

function scalarOf(typed: string): Scalar {
  const read = readYaml(typed);
  const value = 'fault' in read ? undefined : read.value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if ('fault' in read) return typed;
  throw new Problem(
    'usage',
    say`Only one word, number, ${code('true')} or ${code('false')} can be set here, no list, section or date.`,
  );
}

function refuse(key: string, before: ConfigOption | undefined): void {
  if (key === 'enable_registration' || key === 'enable_registration_without_verification') {
    throw new Problem(
      'usage',
      say`Registration is opened and closed with ${commandLine('server allow-registration')}.`,
    );
  }
  if (!/^[a-z][a-z0-9_]{0,80}$/.test(key))
    throw new Problem('usage', say`${code(key)} is no top-level key: small letters, digits and _ only.`);
  if (refused.test(key))
    throw new Problem(
      'never',
      say`${code(key)} is not for a message to change.`,
      say`Change it in the homeserver’s own files.`,
    );
  if (secretive.test(key) && key !== 'registration_requires_token') {
    throw new Problem(
      'never',
      say`${code(key)} holds a secret, which has no place in this room.`,
      say`Change it in the homeserver’s own files.`,
    );
  }
  if (typeof before?.value === 'object' && before.value !== null) {
    throw new Problem(
      'conflict',
      say`${code(key)} is a whole section in ${code(before.file)}; one value would replace all of it.`,
    );
  }
}

async function planned(key: string, typed: string, { host }: Pick<Capabilities, 'host'>) {
  const config = await host.config();
  const before = config.options.find((one) => one.key === key);
  refuse(key, before);
  const value = scalarOf(typed);
  await host.mayChange([key]);
  const after = { ...valuesOf(config), [key]: value };
  const { on, needs } = registrationIn(after);
  if (on && needs.length === 0) {
    throw new Problem(
      'conflict',
      say`With this anybody could register, without a token or captcha.`,
      say`Close registration first: ${commandLine('server allow-registration false')}.`,
    );
  }
  return { config, before, value };
}

const valuesOf = ({ options }: HostConfig) => Object.fromEntries(options.map((one) => [one.key, one.value]));
const shown = (value: unknown): Text => (value === undefined ? say`(not set)` : code(String(value)));

export default command({
  path: 'server set-config',
  summary: 'Set one top-level key of the homeserver’s configuration, in a file of my own.',
  cautions: [
    'Written to `host.dropIn`, beside the homeserver’s own files, which stay as they are.',
    'In force after a restart; I put it back if the homeserver does not come up with it.',
  ],
  input: () =>
    z.object({
      key: text.describe('A top-level key.'),
      value: text.describe('A word, a number, true or false, as in YAML.'),
    }),
  positionals: ['key', 'value'],
  examples: [['Larger uploads', '!admin server set-config max_upload_size 100M --dry-run']],
  danger: 'confirm',
  role: 'owner',
  needs: ['host'],

  async plan({ key, value: typed }, caps) {
    const { config, before, value } = await planned(key, typed, caps);
    const near = synapseOptions.has(key) ? [] : nearest(key, [...synapseOptions]);
    const meant = near.length === 0 ? say`` : say` Perhaps ${joined(near.map(code), ' or ')} is meant.`;
    return {
      title: say`Set ${code(key)} to ${shown(value)}.`,
      targets: [{ id: key, note: say`${shown(before?.value)} → ${shown(value)}` }],
      cautions: [
        ...(synapseOptions.has(key) ? [] : [say`**Synapse knows no such key**, and would ignore it.${meant}`]),
        say`It is written to ${code(config.dropIn ?? '')}.`,
        reloaded.has(key)
          ? say`A reload brings it into force.`
          : say`It is in force only after ${commandLine('server restart')}.`,
      ],
      ...(before === undefined
        ? {}
        : { instead: say`${commandLine(`server set-config ${key} ${String(before.value)}`)} takes it back.` }),
      frozen: { seen: config.fingerprint },
    };
  },

  async run({ key, value: typed }, caps, asker, frozen) {
    const { before, value } = await planned(key, typed, caps);
    await caps.host.change({ [key]: value }, frozen?.seen ?? '', asker.source);
    return reply.done(
      say`Set ${code(key)} to ${shown(value)}. It is in force after ${commandLine('server restart')}.`,
      {
        change: { before: before?.value ?? null, after: value },
      },
    );
  },
  again: 'safe',
});
