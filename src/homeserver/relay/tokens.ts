import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';
import type { RegistrationToken, TokenLimits, Tokens } from '../tokens.ts';
import type { SaidToken } from './dialect.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';

/** Registration tokens that the server thinks up itself and describes in words. */
export function createRelayTokens({ dialect, commander, clock }: RelayParts): Tokens | undefined {
  const { issueToken, listTokens, revokeToken } = dialect.acts;
  if (issueToken === undefined || listTokens === undefined || revokeToken === undefined) return undefined;
  const list = async () => (await commander.do(listTokens())).map(tokenOf);
  return {
    list,
    get: async (token) => (await list()).find((one) => one.token === token),
    async issue({ usesAllowed, expiresAt }: TokenLimits) {
      const maxAge = expiresAt == null ? undefined : Math.max(1, Math.round((expiresAt - clock()) / 1000));
      const { value, exposed } = await commander.doInSecret(issueToken({ uses: usesAllowed ?? undefined, maxAge }));
      return {
        ...tokenOf(value),
        usesAllowed: usesAllowed ?? undefined,
        expiresAt: expiresAt ?? undefined,
        ...(exposed === undefined ? {} : { remark: exposed }),
      };
    },
    create: async () => {
      throw new Problem('unsupported', say`${dialect.name} makes up its registration tokens itself. Nothing was made.`);
    },
    update: lacking(dialect, 'tokens.update'),
    async remove(token) {
      await commander.do(revokeToken(token));
    },
  };
}

const tokenOf = ({ token, words }: SaidToken): RegistrationToken => ({
  token,
  usesAllowed: undefined,
  pending: 0,
  completed: 0,
  expiresAt: undefined,
  words,
});
