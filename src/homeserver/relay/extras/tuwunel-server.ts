import { exactly, fencedBelow, whole } from '../readers.ts';
import { counts, does, type ExtraOrders, linesOf, prints, readSigned, valued } from './extra-orders.ts';

export const tuwunelServer = {
  'server verify-backup': ({ backup }) => ({
    ...prints(
      ['server', 'verify-backup'],
      backup === undefined ? [] : [String(backup)],
      whole(/(Verified backup #(\d+): all files present with expected sizes\.)/, (said, id) =>
        backup === undefined || Number(id) === backup ? said : undefined,
      ),
    ),
    refusals: [/^Failed: [\s\S]*$/],
  }),
  'server delete-backups': ({ keep }) =>
    counts(
      ['server', 'delete-backups'],
      [String(keep)],
      // More than were to stay is no success.
      whole(/Done\. Currently have (\d+) backups\./, (left) => (Number(left) <= keep ? left : undefined)),
    ),
  'server checkpoint-database': ({ map, path }) =>
    counts(
      ['server', 'checkpoint-database', ...valued('--map', map), ...valued('--path', path)],
      [],
      whole(/Created checkpoint at `([^`\n]+)`\./, (said) => (path === undefined || said === path ? said : undefined)),
    ),
  'server regenerate-config': ({ path, force, includeEnv, stripUnknown }) =>
    counts(
      [
        'server',
        'regenerate-config',
        ...(force ? ['--force'] : []),
        ...(includeEnv ? ['--include-env'] : []),
        ...(stripUnknown ? ['--strip-unknown'] : []),
      ],
      [path],
      whole(
        /Configuration regenerated at `([^`\n]+)`\.\n\n(?:Warning: [^\n]+\n)?Configured values: [\s\S]*\nDropped startup-only [^\n]*/,
        (said) => said,
      ),
    ),
  'media preview': ({ url, noCache }) =>
    prints(['media', 'preview', ...(noCache ? ['--no-cache'] : [])], [url], (text) => fencedBelow(text, /^Result:$/)),
  'server sign-json': ({ json }) => ({ ...prints(['debug', 'sign-json'], [], readSigned), block: linesOf(json) }),
  'debug change-log-level': ({ filter, reset }) =>
    does(
      ['debug', 'change-log-level', ...(reset ? ['--reset'] : [])],
      filter === undefined ? [] : [filter],
      reset
        ? whole(/Successfully changed log level (?:back to config value|to) [^\n]+/, () => true as const)
        : exactly('Successfully changed log level', `Successfully changed log level to ${filter}`),
    ),
} satisfies ExtraOrders;
