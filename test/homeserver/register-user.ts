import { createHmac } from 'node:crypto';

/** What `/_synapse/admin/v1/register` and `/login` answer of interest. */
export interface Session {
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;
}

/** Registers with the shared secret (Synapse manual, Shared-Secret Registration); throws an Error with the answer. */
export async function registerUser(
  server: { readonly url: string; readonly sharedSecret: string },
  localpart: string,
  options: { readonly admin?: boolean; readonly password?: string } = {},
): Promise<Session> {
  const url = `${server.url}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(url)).json()) as { nonce: string };
  const { admin = false, password = testPassword } = options;
  const fields = [nonce, localpart, password, admin ? 'admin' : 'notadmin'];
  const mac = createHmac('sha1', server.sharedSecret).update(fields.join('\0')).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ nonce, username: localpart, password, admin, mac }),
  });
  const answer = (await response.json()) as Record<string, string>;
  if (!response.ok) throw new Error(`registering ${localpart} answered ${response.status} ${answer.error}`);
  return {
    userId: answer.user_id ?? '',
    accessToken: answer.access_token ?? '',
    deviceId: answer.device_id ?? '',
  };
}

/** The password of test users who are given none. */
export const testPassword = 'correct horse battery staple';
