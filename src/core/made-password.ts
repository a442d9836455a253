import { late } from './late.ts';

/** No characters that look alike (0 O, 1 l I), since people copy passwords by hand. */
const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** 25 characters, about 145 bits. */
export function madePassword(): string {
  const { randomInt } = late.crypto();
  return Array.from({ length: 25 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
