import { generateKeyPairSync } from 'node:crypto';

/** A cross-signing key as a client would upload it. */
export function masterKey(userId: string) {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const key = x.replaceAll('-', '+').replaceAll('_', '/');
  return { user_id: userId, usage: ['master'], keys: { [`ed25519:${key}`]: key } };
}
