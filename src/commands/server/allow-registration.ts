import { z } from 'zod';
import { formatDuration, formatTime } from '../../core/display.ts';
import { choice, duration, flag } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say, type Text } from '../../core/text.ts';
import type { HostConfig } from '../../homeserver/host.ts';
import { type Capabilities, command } from '../define.ts';
import { type Registration, registrationIn } from './open-registration.ts';
import { restartCautions } from './restart-cautions.ts';
import { restartReply, toldAfterwards } from './restart-reply.ts';

const valuesOf = ({ options }: HostConfig) => Object.fromEntries(options.map((one) => [one.key, one.value]));
const keys = ['enable_registration', 'enable_registration_without_verification'];

async function refuseDelegated({ server }: Pick<Capabilities, 'server'>): Promise<void> {
  if (!(await server.delegatesAccounts())) return;
  throw new Problem(
    'unsupported',
    say`The accounts of this homeserver live in a Matrix Authentication Service, which decides who may register.`,
    say`There it is ${code('account.password_registration_enabled')}, and ${code('mas-cli manage issue-user-registration-token')} makes tokens.`,
  );
}

/** What people need to register, in words. */
const needed = ({ needs }: Registration): Text =>
  needs.length === 0 ? say`anybody may register` : say`whoever registers needs ${needs.join(' and ')}`;

/** What is written for a wish. Throws where registration would be open to every spammer. */
function options(allow: boolean, config: HostConfig, force: boolean) {
  // Synapse would not start otherwise; taken out again as soon as it is not needed.
  const { needs } = registrationIn(valuesOf(config));
  const open = allow && needs.length === 0;
  if (open && !force) {
    throw new Problem(
      'conflict',
      say`Anybody could register then, without a token or captcha, and spammers find such servers within hours.`,
      say`First ${commandLine('server set-config registration_requires_token true')}, then hand out tokens with ${commandLine('token create')}; or add ${code('--force')}.`,
    );
  }
  return { enable_registration: allow, enable_registration_without_verification: open ? true : null };
}

const done = (allow: boolean, forMs: number | undefined): Text =>
  allow
    ? forMs === undefined
      ? say`Registration is **open** until ${commandLine('server allow-registration false')}; I remind you tomorrow.`
      : say`Registration is **open**, and I close it again in ${formatDuration(forMs)}.`
    : say`Registration is **closed**.`;

export default command({
  path: 'server allow-registration',
  flat: ['allow-registration'],
  summary: 'Whether people may make accounts for themselves: look, open, close.',
  cautions: [
    'Opening and closing restarts the homeserver.',
    'Refused without a token, captcha or mail address, unless forced.',
    'With --for it is closed again by itself; otherwise I remind you after a day.',
  ],
  input: () =>
    z
      .object({
        allow: choice(['true', 'false']).optional().describe('Left out: how it is now.'),
        for: duration.optional().describe('Close it again after so long.'),
        force: flag.describe('Open it even to anybody.'),
      })
      .check((payload) => {
        if (payload.value.allow !== 'true' && (payload.value.for !== undefined || payload.value.force === true))
          payload.issues.push({ code: 'custom', input: undefined, message: '--for and --force go with `true`.' });
      }),
  positionals: ['allow'],
  examples: [
    ['How is it now?', '!admin server allow-registration'],
    ['For an hour', '!admin allow-registration true --for 1h --dry-run'],
  ],
  danger: 'read',
  raise: ({ allow }) => (allow === undefined ? undefined : 'confirm'),
  role: 'admin',
  needs: ['host', 'server', 'adminRoom', 'jobs', 'reminders', 'clock'],

  async plan({ allow, for: forMs, force }, caps) {
    await refuseDelegated(caps);
    const { host, adminRoom, clock } = caps;
    await host.mayChange(keys);
    const config = await host.config();
    const now = registrationIn(valuesOf(config));
    const to = allow === 'true';
    if (now.on === to && host.pending().length === 0 && forMs === undefined) {
      throw new Problem('conflict', say`Registration is ${to ? 'open' : 'closed'} already; there is nothing to do.`);
    }
    options(to, config, force);
    return {
      title: to
        ? say`Open the registration of accounts on ${serverOf(adminRoom.botId)}.`
        : say`Close the registration of accounts.`,
      targets: [{ id: 'enable_registration', note: say`${String(now.on)} → ${String(to)}` }],
      cautions: [
        ...(to
          ? [
              now.needs.length === 0
                ? say`**Anybody** may register then, without a token or captcha.`
                : say`Then ${needed(now)}.`,
            ]
          : []),
        ...(forMs === undefined
          ? []
          : [say`It is closed again at ${formatTime(clock() + forMs, clock())}, with another restart.`]),
        say`**The homeserver is restarted.**`,
        ...(await restartCautions(caps, false)),
      ],
      instead: say`${commandLine(`server allow-registration ${!to}`)} takes it back.`,
      frozen: { seen: config.fingerprint },
    };
  },

  async run({ allow, for: forMs, force }, { host, server, adminRoom, reminders }, asker, frozen) {
    const config = await host.config();
    const before = registrationIn(valuesOf(config));
    if (allow === undefined) {
      return reply.says(
        before.on ? say`Registration is **open**: ${needed(before)}.` : say`Registration is **closed**.`,
        {
          data: { enable_registration: before.on, needs: before.needs },
        },
      );
    }
    const to = allow === 'true';
    const change = { options: options(to, config, force), seen: frozen?.seen ?? '' };
    await adminRoom.promise(say`🔄 The homeserver is being restarted now. I say here when it is back.`, asker);
    // Before the restart: a stop of the bot in the middle must not leave it open for good.
    reminders.ofRegistration(to ? { closeInMs: forMs } : undefined, asker);
    const ended = await host.restart(asker.source, change);
    if (to && (ended.state === 'rolled back' || ended.state === 'not begun'))
      reminders.ofRegistration(undefined, asker);
    return { ...(await restartReply(ended, server, done(to, forMs))), change: { before: before.on, after: to } };
  },
  settle: async (_, { host }, __, asker) => (host.outcomeOf(asker.source) === undefined ? 'not done' : 'done'),
  complete: ({ allow, for: forMs }, { host, server }, asker) =>
    toldAfterwards(host.outcomeOf(asker.source), server, done(allow === 'true', forMs)),
});
