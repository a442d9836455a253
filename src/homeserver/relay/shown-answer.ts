import { handedOutMark } from '../../core/mask-secrets.ts';

/** In place of an answer in which a message stands with which the bot handed out a secret. */
const hidden = '(It holds a message in which I handed out a secret, so it is not shown.)';

/** An answer of the homeserver as it may be shown. */
export const shownAnswer = (text: string): string => (text.includes(handedOutMark) ? hidden : text);
