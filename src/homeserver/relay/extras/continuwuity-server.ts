import { exactly, sameUser, whole } from '../readers.ts';
import { counts, does, type ExtraOrders, itself, prints } from './extra-orders.ts';

/** The homeserver itself, its bridges, its identity provider, other servers and files. */
export const continuwuityServer = {
  'federation get-signing-keys': ({ server }) =>
    prints(
      ['federation', 'get-signing-keys'],
      [server],
      itself(
        whole(
          /\| Key ID \| Public Key \| Expired \(unix milliseconds\) \|\n\| -+ \| -+ \| -+ \|(?:\n\| [\w:]+ \| \S+ \| \d* ?\|)*/,
          () => true,
        ),
      ),
    ),
  'oidc link': ({ user, subject }) =>
    does(['oidc', 'link'], [user, subject], (text) => {
      if (text === 'Account linked successfully') return true;
      return whole(/Subject `(\S+)` linked to account `(@\S+)`\./, (who, account) =>
        who === subject && sameUser(account ?? '', user) ? true : undefined,
      )(text);
    }),
  'oidc unlink': ({ subject }) => does(['oidc', 'unlink'], [subject], exactly(`Subject \`${subject}\` unlinked.`)),
  'appservice ensure-puppets-active': () =>
    does(['appservices', 'ensure-puppets-active'], [], exactly('All appservice puppets have been marked as active.')),
  'server build-info': () =>
    prints(['server', 'build-info'], [], itself(whole(/# Build Information\n\n\*\*Version:\*\* [\s\S]+/, () => true))),
  'media delete-url-preview': ({ url }) =>
    does(
      ['media', 'delete-url-preview', ...(url === undefined ? ['--all'] : [])],
      url === undefined ? [] : [url],
      exactly(url === undefined ? 'Deleted all cached URL previews.' : `Deleted cached URL preview for: ${url}`),
    ),
  'debug send-test-email': () =>
    counts(
      ['debug', 'send-test-email'],
      [],
      whole(/Test email successfully sent to (\S+)/, (address) => address),
    ),
  // `delete-pusher` is left out: it takes the key of a pusher, with which anybody could notify.
  'query pusher delete-all-user': ({ user }) =>
    counts(
      ['query', 'pusher', 'delete-all-user'],
      [user],
      whole(/Deleted (\d+) pushers for (@\S+)\./, (gone, whose) => (sameUser(whose ?? '', user) ? gone : undefined)),
    ),
  'query pusher delete-all-device': ({ user, device }) =>
    counts(
      ['query', 'pusher', 'delete-all-device'],
      [user, device],
      whole(/Deleted (\d+) pushers for (\S+)\./, (gone, which) => (which === device ? gone : undefined)),
    ),
  'query resolver flush-cache': ({ server }) =>
    does(
      ['query', 'resolver', 'flush-cache', ...(server === undefined ? ['--all'] : [])],
      server === undefined ? [] : [server],
      server === undefined
        ? exactly('Resolver and DNS caches cleared!', 'Resolver caches cleared!')
        : exactly(`Cleared ${server} from resolver caches!`),
    ),
  'query raw compact': ({ map }) =>
    does(
      ['query', 'raw', 'compact', '--map'],
      [map],
      whole(/Jobs completed in [\d.]+\S{1,3}:\n\n```rs\n\[\n {4}Ok\(\n {8}"([^"\n]+)",\n {4}\),\n\]\n```/, (which) =>
        which === map ? true : undefined,
      ),
    ),
} satisfies ExtraOrders;
