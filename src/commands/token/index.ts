import type { AnyCommand } from '../define.ts';
import createToken from './create.ts';
import deleteToken from './delete.ts';
import tokenDetails from './details.ts';
import issueMany from './issue-many.ts';
import listTokens from './list.ts';
import updateToken from './update.ts';

export const commands: readonly AnyCommand[] = [
  listTokens,
  tokenDetails,
  createToken,
  issueMany,
  updateToken,
  deleteToken,
];
