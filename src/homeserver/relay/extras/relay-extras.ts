import type { ExtraInputs, Extras } from '../../extras.ts';
import { lacking } from '../lacking.ts';
import type { Order } from '../order.ts';
import type { RelayParts } from '../parts.ts';
import { shownAnswer } from '../shown-answer.ts';

/** What only some dialects have. */
export function createRelayExtras({ dialect, commander }: RelayParts): Extras {
  return {
    async do(name, input) {
      const order = dialect.extras[name] as ((input: ExtraInputs[typeof name]) => Order<string>) | undefined;
      return order === undefined ? lacking(dialect, `extras.${name}`)() : shownAnswer(await commander.do(order(input)));
    },
  };
}
