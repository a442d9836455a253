import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { failure, usage, type Version } from './native-homeserver.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { jobEnd, jobIn } from './run-job.ts';
import type { DialectName } from './scripted-server-user.ts';
import { fromStore } from './store-file.ts';

/** A command, what of it the homeserver gets, and with which sentences it says no. */
interface Refused {
  readonly line: string;
  readonly word?: string;
  readonly body?: string;
  readonly native: RegExp;
  readonly says: readonly string[];
}

const room = '!lobby:castellan.test';
const bob = '@bob:castellan.test';
const yaml = 'id: irc\nurl: null\nas_token: "a"\nhs_token: "h"\nsender_localpart: ircbot\nnamespaces: {}';

const notOurs = 'User "@x:y" does not belong to our server.';
const taken = 'User @newcomer:castellan.test already exists';

/** What all that came of conduwuit have; the sentences of older ones and of the others beside those of continuwuity. */
const common: readonly Refused[] = [
  {
    line: 'user create-user newcomer',
    native: /create-user newcomer/,
    says: [
      'Username is not available.',
      taken,
      'Username newcomer is not valid: too long',
      'Username newcomer contains disallowed characters or spaces: x',
      'Username is forbidden',
      'Username is reserved by an appservice.',
    ],
  },
  {
    line: 'user reset-password bob',
    native: /reset-password/,
    says: [
      notOurs,
      'The provided user does not exist.',
      'This account is deactivated.',
      'The provided user is a shadow or deactivated account. Use --convert-to-local-account to make it one.',
      'Not allowed to set the password for the server account. Please use the emergency password config option.',
    ],
  },
  {
    line: 'user deactivate bob',
    word: bob,
    native: /deactivate/,
    says: [notOurs, 'This account does not exist.', 'Not allowed to deactivate the server service account.'],
  },
  { line: 'user make-user-admin bob', native: /make-user-admin/, says: ['User is already joined in the admin room'] },
  {
    line: `federation disable-room ${room}`,
    native: /disable-room/,
    says: ['Room not found.'],
  },
  {
    line: `room moderation ban-room ${room}`,
    word: room,
    native: /ban-room/,
    says: ['Not allowed to ban the admin room.', 'Failed to resolve room alias #x:y to a room ID: not found'],
  },
  {
    line: `room alias set ${room} entrance`,
    native: /alias set/,
    says: [
      `Refusing to overwrite in use alias for ${room}, use -f or --force to overwrite`,
      'Failed to remove alias: x',
    ],
  },
  {
    line: 'appservice register',
    body: yaml,
    native: /register/,
    says: ['Could not parse appservice config as YAML: missing field', 'Failed to register appservice: duplicate key'],
  },
  {
    line: `media delete-media --mxc mxc://castellan.test/one`,
    native: /media delete/,
    says: ['Media not found.'],
  },
];

const suspending: readonly Refused[] = [
  {
    line: 'user suspend bob',
    native: /suspend/,
    says: ['Admin users cannot be suspended.', 'Not allowed to suspend the server service account.'],
  },
  {
    line: 'user unsuspend bob',
    native: /unsuspend/,
    says: ['Not allowed to unsuspend the server service account.'],
  },
  {
    line: 'user lock bob',
    native: /lock/,
    says: ['Admin users cannot be locked.', 'Not allowed to lock the server service account.'],
  },
  {
    line: 'user logout bob',
    native: /logout/,
    says: ['You cannot forcefully log out admin users.', 'Not allowed to log out the server service account.'],
  },
];

const tokens: readonly Refused[] = [
  {
    line: 'token create --max-age 7d',
    native: /token issue/,
    says: ['Failed to parse duration: unknown unit'],
  },
];

/** Plain sentences there. */
const conduit: readonly Refused[] = [
  {
    line: 'user create-user newcomer',
    native: /create-user newcomer/,
    says: [
      'Userid @newcomer:castellan.test already exists',
      'The supplied username is not a valid username: x',
      'Userid @newcomer:castellan.test is not allowed due to historical',
    ],
  },
  {
    line: 'user reset-password bob',
    native: /reset-password/,
    says: ['The specified user does not exist!', 'The specified user is not from this server!'],
  },
  {
    line: 'user deactivate bob',
    word: bob,
    native: /deactivate-user/,
    says: [`User ${bob} doesn't exist on this server`, `User ${bob} is not from this server`],
  },
  {
    line: 'appservice register',
    body: yaml,
    native: /register-appservice/,
    says: [
      'Could not parse appservice config: missing field',
      'Failed to register appservice: x',
      'Expected code block in command body. Add --help for details.',
    ],
  },
  {
    line: 'media delete-media --mxc mxc://castellan.test/one',
    native: /purge-media/,
    says: ['Failed to delete 1 media, check logs for more details'],
  },
];

const refusedOf: Readonly<Record<DialectName, readonly Refused[]>> = {
  continuwuity: [...common, ...suspending, ...tokens],
  tuwunel: [...common, ...tokens],
  palpo: common,
  conduit,
};

/** Each known way in which these homeservers say no to each command, through the real bot. */
export function describeFailures(dialects: readonly (readonly [DialectName, Version])[]): void {
  describeWithSynapse(`what ${dialects.map(([dialect]) => dialect).join(' and ')} refuse`, () => {
    let server: Synapse;
    const labs = new Map<DialectName, RelayLab>();
    beforeAll(async () => {
      server = await startSynapse({ name: `relay-failures-${dialects[0]?.[0]}` });
      await Promise.all(
        dialects.map(async ([dialect, version]) => {
          const lab = await openRelayLab(server, dialect, { version });
          lab.native.state.users.add('bob');
          lab.native.state.rooms.set(room, { members: [bob], name: 'Lobby' });
          lab.native.state.files.set('mxc://castellan.test/one', 'image/png');
          labs.set(dialect, lab);
        }),
      );
    });
    afterAll(async () => {
      for (const lab of labs.values()) await lab.close();
      await server?.stop();
    });

    describe.each(dialects)('%s %s', (dialect) => {
      let lab: RelayLab;
      beforeAll(() => {
        lab = labs.get(dialect) as RelayLab;
      });

      /** The last that is said of it, confirmed where it asks, its job followed to the end. */
      async function told({ line, word, body }: Refused): Promise<string> {
        const first = body === undefined ? await lab.room.ask(line) : await lab.room.askWith(line, body);
        const code = /confirm ([a-z0-9]{5})/.exec(first)?.[1];
        const answer =
          code === undefined ? first : await lab.room.ask(`confirm ${code}${word === undefined ? '' : ` ${word}`}`);
        if (!answer.includes('job cancel')) return answer;
        return String((await jobEnd(lab.room, jobIn(answer))).content.body);
      }
      const outcomes = () =>
        fromStore(
          lab.room.dataDir,
          "SELECT json_extract(record, '$.outcome') AS outcome, json_extract(record, '$.kind') AS kind FROM audit ORDER BY seq DESC LIMIT 4",
        );

      const rows = refusedOf[dialect].flatMap((refused) =>
        refused.says.map((says) => [refused.line.replace(/ [!m]\S+:\S+/, ' …'), says, refused] as const),
      );
      test.each(rows)('%s: %s', async (_, says, refused) => {
        const before = lab.native.asked.length;
        lab.native.next(refused.native, { idle: true, text: dialect === 'conduit' ? says : failure(dialect, says) });
        const answer = await told(refused);
        // Said in the homeserver's own words, marks of ours left out.
        expect(answer.replaceAll(/[`\\]/g, '')).toContain(says.replaceAll(/[`\\]/g, ''));
        expect(answer).not.toMatch(/✅|[1-9]\d* done/);
        const sent = lab.native.asked.slice(before).filter((body) => refused.native.test(body));
        expect(sent).toHaveLength(1);
        expect(outcomes()).toContainEqual({ kind: 'outcome', outcome: 'failed' });
        // Where a job does it, that the job was begun is done.
        if (!/^(media|room moderation)/.test(refused.line))
          expect(outcomes()).not.toContainEqual({ kind: 'outcome', outcome: 'done' });
      });

      test.each(refusedOf[dialect].map((refused) => [refused.line.replace(/ [!m]\S+:\S+/, ' …'), refused] as const))(
        '%s: a usage text of another version is no success',
        async (_, refused) => {
          lab.native.next(refused.native, { idle: true, text: usage("unrecognized subcommand 'x'") });
          const answer = await told(refused);
          expect(answer).toContain('does not understand');
          expect(answer).not.toMatch(/✅|[1-9]\d* done/);
        },
      );

      // tuwunel may have more to say, so that it is listened to for a while: once is enough.
      const unknown = dialect === 'tuwunel' ? refusedOf[dialect].slice(0, 1) : refusedOf[dialect];
      test.each(unknown.map((refused) => [refused.line.replace(/ [!m]\S+:\S+/, ' …'), refused] as const))(
        '%s: words that nobody has written down are no success',
        async (_, refused) => {
          lab.native.next(refused.native, { idle: true, text: 'It is as you wish.' });
          const answer = await told(refused);
          expect(answer).toContain('not one that I know');
          expect(answer).not.toMatch(/✅|[1-9]\d* done/);
        },
      );
    });
  });
}
