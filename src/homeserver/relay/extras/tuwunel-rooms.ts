import { whole } from '../readers.ts';
import { counts, type ExtraOrders, itself, prints } from './extra-orders.ts';
import { readMatchingRooms, sameRoom } from './tuwunel-readers.ts';

export const tuwunelRooms = {
  'room info': ({ room }) =>
    prints(
      ['rooms', 'info'],
      [room],
      whole(/```\nRoom information for (!\S+)\n([\s\S]*)\n```/, (said = '', inner = '') =>
        sameRoom(said, room) ? `${said}\n${inner}` : undefined,
      ),
    ),
  'room prune-empty': ({ force }) =>
    counts(
      ['rooms', 'prune-empty', ...(force ? ['--force'] : [])],
      [],
      whole(/Successfully deleted (\d+) rooms from our database\./, (deleted) => deleted),
    ),
  // Without the flag it deletes all rooms that it finds, which nothing here lets through.
  'room list-purge-user': ({ user, regex, soleMember }) =>
    prints(
      ['rooms', 'purge-user', '--dry-run', ...(regex ? ['--regex'] : []), ...(soleMember ? ['--sole-member'] : [])],
      [user],
      readMatchingRooms,
    ),
  'room list-extremities': ({ room }) =>
    prints(
      ['rooms', 'list-extremities'],
      [room],
      itself(
        whole(/Forward extremities for (!\S+):\n```\n((?:\$\S+\n)*)```\nTotal: (\d+)/, (said = '', ids = '', total) =>
          sameRoom(said, room) && ids.split('\n').length - 1 === Number(total) ? true : undefined,
        ),
      ),
    ),
  'room prune-extremities': ({ room, target }) =>
    counts(
      ['rooms', 'prune-extremities'],
      target === undefined ? [room] : [room, String(target)],
      whole(
        /Pruned (!\S+): (\d+) to (\d+) forward extremities \(swept \d+ dangling, \d+ referenced; dropped \d+ message, \d+ state\)\./,
        (said = '', before, after) => (sameRoom(said, room) ? `${before} to ${after}` : undefined),
      ),
    ),
} satisfies ExtraOrders;
