import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { type HttpRequest, MatrixFault, NoAnswer } from '../../http.ts';
import { endpointOf } from './endpoint.ts';

/** What the person can do about a request that failed; anything but a MatrixFault or a NoAnswer is handed back as it is. */
export function problemOf(error: unknown, request: HttpRequest): unknown {
  if (error instanceof MatrixFault) return ofFault(error, request);
  if (error instanceof NoAnswer) return ofSilence(error, request);
  return error;
}

/** The homeserver answered in a form that we do not know: after a write it may have done anything. */
export function misfit(request: HttpRequest): Problem {
  const endpoint = code(endpointOf(request));
  if (request.method !== 'GET')
    return unknownOutcome(say`The homeserver's answer to ${endpoint} is not one that can be understood.`);
  return new Problem(
    'unavailable',
    say`The homeserver's answer to ${endpoint} is not one that can be understood.`,
    say`Something else may be answering in its place, or its version is one that this bot does not know.`,
  );
}

function unknownOutcome(what: ReturnType<typeof say>): Problem {
  return new Problem(
    'unknown-outcome',
    say`${what} The change may have been made, or not.`,
    say`Look at how it stands before trying again.`,
  );
}

function ofFault(fault: MatrixFault, request: HttpRequest): Problem {
  const endpoint = code(endpointOf(request));
  if (request.actingAs !== undefined) {
    const refused = ofPuppet(fault, request.actingAs.userId);
    if (refused !== undefined) return refused;
  }
  switch (true) {
    case fault.errcode === 'M_USER_LOCKED':
      return new Problem(
        'unavailable',
        say`The bot's own account is locked.`,
        say`Another server admin must unlock it.`,
      );
    case fault.status === 401:
      return new Problem(
        'unavailable',
        say`The homeserver refuses the bot's access token.`,
        say`Give the bot a new one: run ${code('castellan init')} again.`,
      );
    // Here the homeserver itself acts as the mightiest local member of the room.
    case fault.errcode === 'M_USER_SUSPENDED' && request.path.endsWith('/make_room_admin'):
      return new Problem(
        'conflict',
        say`The mightiest member from this server in that room is suspended, and the homeserver would act as that account.`,
        say`Lift the suspension first; ${commandLine('room power-levels')} shows who it is.`,
      );
    case fault.errcode === 'M_USER_SUSPENDED':
      return new Problem(
        'forbidden',
        say`The bot's own account is suspended.`,
        say`Another server admin must lift that.`,
      );
    case fault.status === 403 && /not a server admin/i.test(fault.reason):
      return new Problem('forbidden', say`The bot is not a server admin.`, say`Make the bot a server admin.`);
    case fault.status === 502 && /fetch alias/i.test(fault.reason):
      return new Problem(
        'unavailable',
        say`The server that the alias belongs to could not be asked where it leads.`,
        say`It may be down, or not exist. The room's id, if you have it, works without it.`,
      );
    case fault.errcode === 'M_UNRECOGNIZED':
      return new Problem('unsupported', say`This homeserver has no ${endpoint}.`);
    case fault.status === 429:
      return new Problem(
        'unavailable',
        say`The homeserver is asked too often; nothing was done.`,
        say`Try again later.`,
      );
    case fault.status >= 500 && request.method === 'GET':
      return new Problem(
        'unavailable',
        say`The homeserver failed at ${endpoint} (status ${fault.status}): ${fault.reason}`,
      );
    case fault.status >= 500:
      return unknownOutcome(say`The homeserver failed at ${endpoint} (status ${fault.status}): ${fault.reason}`);
    case fault.status === 404:
      return new Problem('not-found', say`The homeserver does not find it: ${fault.reason}`);
    case fault.status === 409:
      return new Problem('exists', say`The homeserver has it already: ${fault.reason}`);
    default:
      return new Problem('rejected', say`The homeserver refused: ${fault.reason}`);
  }
}

/** Why the homeserver lets the bot not act as this account; `undefined` where it refused for another reason. */
function ofPuppet(fault: MatrixFault, userId: string): Problem | undefined {
  if (fault.errcode === 'M_USER_LOCKED')
    return new Problem(
      'conflict',
      say`${code(userId)} is locked, so nobody can act as it.`,
      say`Unlock it first, with ${commandLine(`user unlock ${userId}`)}.`,
    );
  if (fault.errcode === 'M_USER_SUSPENDED')
    return new Problem(
      'conflict',
      say`${code(userId)} is suspended, so this cannot be done as it.`,
      say`Lift that first, with ${commandLine(`user unsuspend ${userId}`)}.`,
    );
  if (fault.status === 401)
    return new Problem(
      'unavailable',
      say`The homeserver does not take the token that it made a moment ago for ${code(userId)}; nothing was done.`,
      say`Perhaps the clocks of the bot's machine and of the homeserver's are minutes apart.`,
    );
  return undefined;
}

function ofSilence(silence: NoAnswer, request: HttpRequest): Problem {
  const endpoint = code(endpointOf(request));
  if (silence.kind === 'not-json' && !silence.ambiguous)
    return new Problem(
      'unavailable',
      say`What answered ${endpoint} was no homeserver (status ${silence.status ?? 'unknown'}).`,
      say`A proxy before the homeserver may not let this address through.`,
    );
  const what = {
    refused: say`The homeserver cannot be reached.`,
    broken: say`The connection to the homeserver broke.`,
    timeout: say`The homeserver gave no answer in time.`,
    'not-json': say`What answered ${endpoint} was no homeserver (status ${silence.status ?? 'unknown'}).`,
    stopped: say`The bot is stopping.`,
  }[silence.kind];
  if (silence.ambiguous && request.method !== 'GET') return unknownOutcome(what);
  return new Problem('unavailable', what, say`Nothing was changed; try again later.`);
}
