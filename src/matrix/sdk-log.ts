import type { ILogger } from 'matrix-bot-sdk';
import type { Log } from '../log.ts';

/** Passes on the SDK's own sentences. Whatever else it hands over is left out: it may be a whole response, with the token. */
export function sdkLog(log: Log): ILogger {
  const words = (said: readonly unknown[]) => said.filter((one) => typeof one === 'string').join(' ');
  const fields = (component: string) => ({ component });
  return {
    trace: () => undefined,
    debug: (module, ...said) => log.debug(fields(module), words(said)),
    info: (module, ...said) => log.debug(fields(module), words(said)),
    warn: (module, ...said) => log.warn(fields(module), words(said)),
    error: (module, ...said) => log.error(fields(module), words(said)),
  };
}
