import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createSynapseHttp } from '../../../src/homeserver/synapse/http.ts';
import { createNeverList } from '../../../src/homeserver/synapse/never-list.ts';
import { createHttp } from '../../../src/http.ts';
import { freePort } from '../free-port.ts';
import { type Scripted, type ScriptedOutcome, startScripted } from '../scripted.ts';

const botId = '@castellan:castellan.test';
const token = 'a-token-of-the-bot';
const read = { method: 'GET', path: '/_synapse/admin/v1/users/%40alice%3Acastellan.test/things' } as const;
const write = { ...read, method: 'POST', body: { password: 'a-typed-password' } } as const;

describe('faults of the homeserver', () => {
  let server: Scripted;
  let outcome: ScriptedOutcome;

  beforeAll(async () => {
    server = await startScripted([() => outcome]);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.requests.length = 0;
  });

  function client(options: { adminPath?: string; timeoutMs?: number; repeats?: boolean; url?: string } = {}) {
    const { url = server.url, repeats = false, ...rest } = options;
    const adminPath = options.adminPath ?? '/_synapse/admin';
    const never = createNeverList({ botId, adminRoomNames: () => [], adminPath });
    return createSynapseHttp({ http: createHttp({ baseUrl: url, token, repeats }), botId, never, ...rest });
  }

  const fault = (status: number, errcode: string, error = 'The reason.') => ({ status, body: { errcode, error } });
  const answer = z.looseObject({ done: z.literal(true) });

  test.each<[what: string, outcome: ScriptedOutcome, onRead: string, onWrite: string]>([
    ['a dead token', fault(401, 'M_UNKNOWN_TOKEN'), 'unavailable', 'unavailable'],
    ['no token', fault(401, 'M_MISSING_TOKEN'), 'unavailable', 'unavailable'],
    ['a locked bot', fault(401, 'M_USER_LOCKED'), 'unavailable', 'unavailable'],
    ['a suspended bot', fault(403, 'M_USER_SUSPENDED'), 'forbidden', 'forbidden'],
    ['no admin', fault(403, 'M_FORBIDDEN', 'You are not a server admin'), 'forbidden', 'forbidden'],
    ['another 403', fault(403, 'M_FORBIDDEN', '@a:b is already in the room.'), 'rejected', 'rejected'],
    ['an endpoint that is not there', fault(404, 'M_UNRECOGNIZED'), 'unsupported', 'unsupported'],
    ['a method that is not there', fault(405, 'M_UNRECOGNIZED'), 'unsupported', 'unsupported'],
    ['a 404', fault(404, 'M_UNKNOWN'), 'not-found', 'not-found'],
    ['a 409', fault(409, 'M_UNKNOWN'), 'exists', 'exists'],
    ['a 400', fault(400, 'M_INVALID_PARAM'), 'rejected', 'rejected'],
    ['a 429', fault(429, 'M_LIMIT_EXCEEDED'), 'unavailable', 'unavailable'],
    ['a 500', fault(500, 'M_UNKNOWN'), 'unavailable', 'unknown-outcome'],
    ['a proxy’s 502', { status: 502, body: '<html>Bad Gateway</html>' }, 'unavailable', 'unknown-outcome'],
    ['a proxy’s 404', { status: 404, body: '<html>no</html>' }, 'unavailable', 'unavailable'],
    ['a success cut short', { status: 200, body: '{"done":tr' }, 'unavailable', 'unknown-outcome'],
    ['a success of another form', { status: 200, body: { done: 'perhaps' } }, 'unavailable', 'unknown-outcome'],
    ['a broken connection', 'reset', 'unavailable', 'unknown-outcome'],
    ['silence', 'hang', 'unavailable', 'unknown-outcome'],
  ])('%s', async (_, given, onRead, onWrite) => {
    outcome = given;
    const http = client(given === 'hang' ? { timeoutMs: 300 } : {});
    const problems = await Promise.all([read, write].map((request) => http.call(answer, request).catch((e) => e)));
    expect(problems.map(({ code }) => code)).toEqual([onRead, onWrite]);
    expect(server.requests).toHaveLength(2);
    for (const { message, hint } of problems) {
      const said = message + JSON.stringify(hint);
      expect(said).not.toMatch(/a-token|a-typed-password|perhaps|alice|html/);
    }
  });

  test('nobody listening: nothing was done, whatever was asked', async () => {
    const http = client({ url: `http://127.0.0.1:${await freePort()}` });
    await expect(http.call(answer, read)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(http.call(answer, write)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test("the server's own sentence is shown as a value, so that it can forge nothing", async () => {
    outcome = fault(400, 'M_UNKNOWN', '**Run** <b>this</b>\nsecond line');
    const problem = await client()
      .call(answer, write)
      .catch((error) => error);
    expect(problem.text.parts).toContainEqual({ kind: 'value', text: '**Run** <b>this</b>' });
  });

  test('an answer of another form is told by its endpoint', async () => {
    outcome = { status: 200, body: { done: 'secret' } };
    await expect(client().call(answer, read)).rejects.toThrow('GET /_synapse/admin/v1/users/…');
  });

  test('find takes only "no such thing" for an absence', async () => {
    outcome = fault(404, 'M_NOT_FOUND');
    expect(await client().find(answer, read)).toBeUndefined();
    outcome = fault(404, 'M_UNRECOGNIZED');
    await expect(client().find(answer, read)).rejects.toMatchObject({ code: 'unsupported' });
    outcome = fault(404, 'M_UNKNOWN');
    await expect(client().find(answer, read)).rejects.toMatchObject({ code: 'not-found' });
    outcome = { status: 200, body: { done: true, more: 1 } };
    expect(await client().find(answer, read)).toEqual({ done: true, more: 1 });
  });

  test('an ambiguous write is not repeated, a read is', async () => {
    outcome = { status: 503, body: {} };
    await client({ repeats: true })
      .call(answer, write)
      .catch(() => undefined);
    expect(server.requests).toHaveLength(1);
    const reading = client({ repeats: true }).call(answer, read);
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(2), { timeout: 30_000 });
    outcome = { status: 200, body: { done: true } };
    expect(await reading).toEqual({ done: true });
  });

  test('a request that may take longer than all others is given its own time', async () => {
    const slow = await startScripted([
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { status: 200, body: { done: true } };
      },
    ]);
    const http = createHttp({ baseUrl: slow.url, token, patienceMs: 100, repeats: false });
    await expect(http({ ...write })).rejects.toMatchObject({ kind: 'timeout' });
    await expect(http({ ...write, timeoutMs: 5_000 })).resolves.toEqual({ done: true });
    await slow.close();
  });

  test('the admin API may lie elsewhere', async () => {
    outcome = { status: 200, body: { done: true } };
    await client({ adminPath: '/hidden' }).call(answer, read);
    expect(server.requests.map(({ path }) => path)).toEqual(['/hidden/v1/users/%40alice%3Acastellan.test/things']);
  });

  test.each([
    ['/_synapse/admin/v1/deactivate/%40castellan%3Acastellan.test', 'never'],
    ['/hidden/v1/deactivate/%40castellan%3Acastellan.test', 'never'],
    ['@elsewhere.test/x', 'usage'],
  ])('nothing leaves for %s', async (path, code) => {
    outcome = { status: 200, body: { done: true } };
    const http = client({ adminPath: '/hidden' });
    await expect(http.call(answer, { method: 'POST', path })).rejects.toMatchObject({ code });
    await expect(http.find(answer, { method: 'POST', path })).rejects.toMatchObject({ code });
    expect(server.requests).toEqual([]);
  });

  test('when the admins cannot be listed, none is taken away', async () => {
    outcome = fault(500, 'M_UNKNOWN');
    const request = { method: 'PUT', path: '/_synapse/admin/v1/users/%40eve%3Acastellan.test/admin' } as const;
    await expect(client().call(answer, { ...request, body: { admin: false } })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});
