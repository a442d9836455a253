import type { StoredEvent } from '../../homeserver/room-data.ts';

/** Who has power in a room, and what needs how much. */
export interface Power {
  /** The most first; `level` undefined: above every level, as creators are from room version 12 on. */
  readonly users: readonly { readonly userId: string; readonly level: number | undefined; readonly creator: boolean }[];
  readonly needed: readonly (readonly [label: string, level: number])[];
}

/** Old rooms have levels in quotes. */
function levelOf(value: unknown, otherwise: number): number {
  const level = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof level === 'number' && Number.isFinite(level) ? level : otherwise;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** Room version 12, and those made from it (MSC4289). */
function creatorsAreAbove(version: unknown): boolean {
  return typeof version === 'string' && (Number(version) >= 12 || /hydra|msc4289/i.test(version));
}

/** Client-Server API, "m.room.power_levels", with its defaults. */
export function powerIn(create: StoredEvent, levels: StoredEvent | undefined): Power {
  const above = creatorsAreAbove(create.content.room_version);
  const { additional_creators: others } = create.content;
  const creators = new Set([
    create.sender,
    ...(above && Array.isArray(others) ? others.filter((one): one is string => typeof one === 'string') : []),
  ]);
  const content = levels?.content ?? {};
  const users: Power['users'][number][] = Object.entries(objectOf(content.users))
    .filter(([userId]) => !(above && creators.has(userId)))
    .map(([userId, level]) => ({ userId, level: levelOf(level, 0), creator: creators.has(userId) }));
  if (above) users.push(...[...creators].map((userId) => ({ userId, level: undefined, creator: true })));
  else if (levels === undefined) users.push({ userId: create.sender, level: 100, creator: true });
  const rank = (level: number | undefined): number => level ?? Number.POSITIVE_INFINITY;
  users.sort((one, other) =>
    rank(one.level) === rank(other.level)
      ? one.userId.localeCompare(other.userId)
      : rank(other.level) - rank(one.level),
  );
  const level = (name: string, otherwise: number) => levelOf(content[name], otherwise);
  const events = Object.entries(objectOf(content.events)).map(
    ([type, value]) => [`Send ${type}`, levelOf(value, 0)] as const,
  );
  return {
    users,
    needed: [
      ['Of users not named', level('users_default', 0)],
      ['Send messages', level('events_default', 0)],
      ['Change settings', level('state_default', levels === undefined ? 0 : 50)],
      ['Invite', level('invite', 0)],
      ['Kick', level('kick', 50)],
      ['Ban', level('ban', 50)],
      ['Redact others', level('redact', 50)],
      ['Notify @room', levelOf(objectOf(content.notifications).room, 50)],
      ...events.toSorted(([one], [other]) => one.localeCompare(other)),
    ],
  };
}
