import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { RegistrationToken, TokenLimits, Tokens } from '../tokens.ts';
import type { SynapseHttp } from './http.ts';

const base = '/_synapse/admin/v1/registration_tokens';

const fields = once(() =>
  z.looseObject({
    token: z.string(),
    uses_allowed: z.number().nullable(),
    pending: z.number(),
    completed: z.number(),
    expiry_time: z.number().nullable(),
  }),
);

function tokenOf(raw: z.output<ReturnType<typeof fields>>): RegistrationToken {
  return {
    token: raw.token,
    usesAllowed: raw.uses_allowed ?? undefined,
    pending: raw.pending,
    completed: raw.completed,
    expiresAt: raw.expiry_time ?? undefined,
  };
}

/** A token is part of its own address, and Synapse repeats it in errors. */
const pathOf = (token: string) => ({ path: `${base}/${encodeURIComponent(token)}`, secrets: [token] });

const limitsOf = ({ usesAllowed, expiresAt }: TokenLimits) => ({ uses_allowed: usesAllowed, expiry_time: expiresAt });

/** Registration tokens, by Synapse's admin API (manual, "Registration Tokens"). */
export function createSynapseTokens(http: SynapseHttp, delegatesAccounts: () => Promise<boolean>): Tokens {
  async function refuseDelegated(): Promise<void> {
    if (!(await delegatesAccounts())) return;
    throw new Problem(
      'unsupported',
      say`Accounts of this server are made in its Matrix Authentication Service, and so are its registration tokens.`,
      say`On that service's host: ${code('mas-cli manage issue-user-registration-token')}`,
    );
  }

  async function get(token: string): Promise<RegistrationToken | undefined> {
    await refuseDelegated();
    const found = await http.find(fields(), { method: 'GET', ...pathOf(token) });
    return found && tokenOf(found);
  }

  return {
    get,

    async list() {
      await refuseDelegated();
      const answer = z.looseObject({ registration_tokens: z.array(fields()) });
      return (await http.call(answer, { method: 'GET', path: base })).registration_tokens.map(tokenOf);
    },

    async create(token, limits) {
      if ((await get(token)) !== undefined) return false;
      await http.call(fields(), { method: 'POST', path: `${base}/new`, body: { token, ...limitsOf(limits) } });
      return true;
    },

    async update(token, limits) {
      await refuseDelegated();
      await http.call(fields(), { method: 'PUT', ...pathOf(token), body: limitsOf(limits) });
    },

    async remove(token) {
      await refuseDelegated();
      await http.find(z.looseObject({}), { method: 'DELETE', ...pathOf(token) });
    },
  };
}
