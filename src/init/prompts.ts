import type { Credentials } from './settings.ts';

/** The questions `init` asks on a terminal. */
export interface Prompts {
  homeserverUrl(known: string | undefined): Promise<string>;
  credentials(adminUser: string | undefined): Promise<Credentials>;
  firstAdmin(): Promise<string>;
}

/** The library is loaded here, since it takes longer than everything else that `init` loads. */
export async function terminalPrompts(): Promise<Prompts> {
  const { input, password, select } = await import('@inquirer/prompts');
  const secret = (message: string) => password({ message, mask: true, validate: (text) => text !== '' });
  return {
    homeserverUrl: (known) =>
      input({ message: "The homeserver's address", default: known ?? 'http://localhost:8008', required: true }),
    async credentials(adminUser) {
      const kind =
        adminUser !== undefined
          ? 'admin'
          : await select<'admin' | 'secret'>({
              message: 'How may the account of the bot be made?',
              choices: [
                { name: 'With the user and password of a server admin', value: 'admin' },
                { name: 'With the registration_shared_secret of homeserver.yaml', value: 'secret' },
              ],
            });
      if (kind === 'secret') return { kind, secret: await secret('The registration secret') };
      const user = adminUser ?? (await input({ message: 'The user name of the admin', required: true }));
      return { kind, user, password: await secret(`The password of ${user}`) };
    },
    firstAdmin: () =>
      input({ message: 'The server has no human admin yet. User name of the first', default: 'admin', required: true }),
  };
}
