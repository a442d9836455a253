import { describe, expect, test } from 'vitest';
import { whoMayRedact } from '../../../src/commands/user/who-may-redact.ts';
import type { FoundEvent, StoredEvent } from '../../../src/homeserver/room-data.ts';
import type { UserDetails } from '../../../src/homeserver/users.ts';

const bot = '@castellan:here.test';
const remote = '@eve:elsewhere.test';
const state = (type: string, content: object) => ({ type, sender: '@alice:here.test', content }) as StoredEvent;

/** A room with these members, those of power levels, and accounts in these states. */
function room(
  members: readonly string[],
  levels: Readonly<Record<string, unknown>>,
  accounts: Readonly<Record<string, Partial<UserDetails>>> = {},
) {
  const caps = {
    users: {
      get: async (userId: string) =>
        userId.endsWith(':here.test') ? ({ userId, ...accounts[userId] } as UserDetails) : undefined,
    },
    rooms: { members: async () => members },
    roomData: {
      state: async (_: string, type: string) =>
        type === 'm.room.create' ? [state(type, { room_version: '11' })] : [state(type, levels)],
    },
    adminRoom: { botId: bot },
  };
  return (sender: string) =>
    whoMayRedact(
      { sender, roomId: '!room', eventId: '$event' } as FoundEvent,
      caps as unknown as Parameters<typeof whoMayRedact>[1],
    );
}

describe('as whom an event of a remote sender is redacted', () => {
  const [alice, bob] = ['@alice:here.test', '@bob:here.test'];

  test('as the bot, where it has the power in the room', async () => {
    expect(await room([bot, alice, remote], { users: { [bot]: 50, [alice]: 100 } })(remote)).toBe(bot);
  });

  test('else as a local member with the power who can be acted as, the mightiest first', async () => {
    const users = { [alice]: 100, [bob]: 50 };
    expect(await room([alice, bob, remote], { users })(remote)).toBe(alice);
    for (const state of [{ locked: true }, { suspended: true }, { deactivated: true }])
      expect(await room([alice, bob, remote], { users }, { [alice]: state })(remote)).toBe(bob);
    expect(await room([bob, remote], { users })(remote)).toBe(bob);
  });

  test.each([
    ['too little power', { users: { [alice]: 49 } }],
    ['power that the room has raised', { users: { [alice]: 50 }, redact: 60 }],
    ['power that redactions need as events', { users: { [alice]: 50 }, events: { 'm.room.redaction': 60 } }],
    ['only another server’s member with power', { users: { '@root:elsewhere.test': 100 } }],
  ])('nobody, with %s', async (_, levels) => {
    const asking = room([alice, '@root:elsewhere.test', remote], levels)(remote);
    await expect(asking).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`its sender ${remote} is not of this server, and nobody of this server`),
    });
  });

  test('a local sender who may send no redaction in the room goes by another’s power, or not at all', async () => {
    const users = { [alice]: 100 };
    const muted = { users, events_default: 50 };
    expect(await room([alice, bob], muted)(bob)).toBe(alice);
    await expect(room([bob], muted)(bob)).rejects.toMatchObject({
      message: expect.stringContaining('may send nothing in that room'),
    });
  });
});
