import { z } from 'zod';
import { secret } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { readYaml } from '../../core/read-yaml.ts';
import { namespaceKinds, type Registration, readRegistration, withTokens } from '../../core/registration.ts';
import { reply, type Secret } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import type { Appservice } from '../../homeserver/host.ts';
import { type Capabilities, command } from '../define.ts';

type Caps = Pick<Capabilities, 'host' | 'adminRoom' | 'users'>;

const lacksToken = ({ asToken, hsToken }: Registration) => asToken === undefined || hsToken === undefined;

/** The one that would be replaced, if any. Throws where it cannot stand beside the others. */
async function place(registration: Registration, { host, adminRoom }: Caps): Promise<Appservice | undefined> {
  const { registered } = await host.appservices();
  const old = registered.find(({ id }) => id === registration.id);
  if (old !== undefined && !old.ours) {
    throw new Problem(
      'conflict',
      say`${code(registration.id)} is registered already, in ${code(old.file)}, which is not mine to change.`,
      say`Change it there, or take another id.`,
    );
  }
  const clashes = await host.clashes(registration, old?.id);
  if (clashes.length > 0)
    throw new Problem('conflict', say`It clashes with what is registered already. ${joined(clashes, ' ')}`);
  const bot = adminRoom.botId;
  const isBot = bot === `@${registration.senderLocalpart}:${serverOf(bot)}`;
  if (isBot || exclusively(registration, bot)) {
    throw new Problem(
      'never',
      say`It would take over my own account, ${code(bot)}. Nothing was done.`,
      say`Narrow its user namespaces down.`,
    );
  }
  return old;
}

/** Whether an application service claims this user for itself. */
function exclusively({ namespaces }: Registration, userId: string): boolean {
  return namespaces.users.some(({ exclusive, regex }) => exclusive && matches(regex, userId));
}

/** As homeservers match: from the beginning. */
function matches(regex: string, id: string): boolean {
  try {
    return new RegExp(`^(?:${regex.replaceAll('(?P<', '(?<')})`).test(id);
  } catch {
    return false;
  }
}

const cautious = 200;

/** People whom it would take over; of a large server the first ones and its admins are looked at. */
async function takenOver(registration: Registration, { users }: Caps): Promise<readonly string[]> {
  if (!registration.namespaces.users.some(({ exclusive }) => exclusive)) return [];
  const [first, admins] = await Promise.all([
    users.list({ from: 0, limit: cautious }),
    users.list({ from: 0, limit: cautious, admins: true }),
  ]);
  const ids = new Set(
    [...first.rows, ...admins.rows].filter((one) => one.raw.appservice_id == null).map(({ userId }) => userId),
  );
  return [...ids].filter((userId) => exclusively(registration, userId));
}

/** Old → new, without tokens. */
function differences(old: Appservice, pasted: string): readonly Text[] {
  const read = readYaml(pasted);
  const fresh = 'fault' in read ? {} : (read.value as Readonly<Record<string, unknown>>);
  const keys = new Set([...Object.keys(old.shown), ...Object.keys(fresh)]);
  return [...keys].flatMap((key) => {
    if (/token|secret/i.test(key))
      return key in fresh ? [say`${code(key)}: as pasted`] : [say`${code(key)}: a **new** one is made`];
    if (JSON.stringify(old.shown[key]) === JSON.stringify(fresh[key])) return [];
    return [say`${code(key)}: ${shortly(old.shown[key])} → ${shortly(fresh[key])}`];
  });
}

const shortly = (value: unknown): Text =>
  value === undefined ? say`(not set)` : code(JSON.stringify(value).slice(0, 200));

export default command({
  path: 'appservice register',
  flat: ['register-appservice'],
  summary: 'Register an application service (a bridge, a bot) from the YAML in the block.',
  cautions: [
    'Its file is written to `host.appserviceDir` and listed in `host.dropIn`, beside those that are listed already.',
    'In force after a restart. Tokens that are missing are made, and sent to you in a direct message.',
    'Your message is removed, since it may hold tokens.',
    'Whoever has its `as_token` acts as all users of its namespaces.',
  ],
  input: () => z.object({ registration: secret.describe('The registration, as YAML.') }),
  body: { kind: 'text', into: 'registration', required: true },
  examples: [
    [
      'A bridge without tokens, which are made',
      '!admin appservice register --dry-run\n```yaml\nid: signal\nurl: http://localhost:9999\nsender_localpart: signalbot\nnamespaces:\n  users:\n    - exclusive: true\n      regex: "@signal_.*"\n```',
    ],
  ],
  danger: 'confirm',
  role: 'owner',
  needs: ['host', 'adminRoom', 'users', 'derived'],
  makesSecret({ registration }) {
    try {
      return lacksToken(readRegistration(registration));
    } catch {
      return false;
    }
  },

  async plan({ registration: pasted }, caps) {
    const registration = readRegistration(pasted);
    const old = await place(registration, caps);
    const people = await takenOver(registration, caps);
    const claims = namespaceKinds.flatMap((kind) =>
      registration.namespaces[kind].map(
        ({ exclusive, regex }) => say`${code(regex)} (${kind}${exclusive ? ', for itself alone' : ''})`,
      ),
    );
    return {
      title:
        old === undefined
          ? say`Register the application service ${code(registration.id)}.`
          : say`Replace the registration of ${code(registration.id)}.`,
      targets: [
        { id: registration.id, note: say`${registration.url ?? 'no address'}, sender ${registration.senderLocalpart}` },
      ],
      cautions: [
        ...(old === undefined ? [] : differences(old, pasted)),
        claims.length === 0 ? say`It claims no ids.` : say`It acts for: ${joined(claims)}.`,
        ...(people.length === 0
          ? []
          : [
              say`**${counted(people.length, 'account of people falls', 'accounts of people fall')} under what it claims for itself**: ${joined(people.slice(0, 5).map(code))}. They could not register or be made any more, and it acts as them.`,
            ]),
        ...(lacksToken(registration)
          ? [say`Tokens that are missing are made, and sent to you in a direct message.`]
          : []),
        say`It is in force after ${commandLine('server restart')}.`,
      ],
      frozen: { seen: caps.host.fingerprintOf(registration.id) },
    };
  },

  async run({ registration: pasted }, caps, asker, frozen) {
    const registration = readRegistration(pasted);
    const old = await place(registration, caps);
    // The same ones again after a stop in the middle.
    const made = {
      asToken: caps.derived(`appservice ${asker.source}`, 1),
      hsToken: caps.derived(`appservice ${asker.source}`, 2),
    };
    const yaml = withTokens(pasted, made);
    const { file } = await caps.host.register(registration.id, yaml, frozen?.seen ?? '', asker.source);
    const secrets: Secret[] = [
      ...(registration.asToken === undefined
        ? [{ label: say`${code('as_token')} of ${code(registration.id)}`, value: made.asToken }]
        : []),
      ...(registration.hsToken === undefined
        ? [{ label: say`${code('hs_token')} of ${code(registration.id)}`, value: made.hsToken }]
        : []),
    ];
    return reply.done(
      say`${old === undefined ? 'Registered' : 'Replaced'} ${code(registration.id)} in ${code(file)}. It is in force after ${commandLine('server restart')}.`,
      {
        change: { before: old === undefined ? null : { file: old.file }, after: { file } },
        ...(secrets.length > 0 ? { secrets } : {}),
      },
    );
  },
  again: 'safe',
});
