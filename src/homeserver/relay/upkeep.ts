import { mask } from '../../core/mask-secrets.ts';
import { Problem } from '../../core/problem.ts';
import type { Appservices } from '../appservices.ts';
import type { Upkeep } from '../upkeep.ts';
import { lacking } from './lacking.ts';
import { maskedConfig } from './masked-config.ts';
import type { RelayParts } from './parts.ts';

/** The server's own running, by its own commands. */
export function createRelayUpkeep({ dialect, commander }: RelayParts): Upkeep {
  const { acts } = dialect;
  const absent = (method: string) => lacking(dialect, `upkeep.${method}`);
  const { memoryUsage, clearCaches, registration, setRegistration, features, reloadConfig, restart, shutdown } = acts;
  return {
    config: async () => maskedConfig(await commander.do(acts.showConfig())),
    memory: memoryUsage ? () => commander.do(memoryUsage()) : absent('memory'),
    clearCaches: clearCaches
      ? async (which, amount) => {
          const kinds = which === 'all' ? (['database', 'services'] as const) : [which];
          const orders = kinds.flatMap((kind) => clearCaches(kind, amount));
          const once = orders.filter((one, at) => orders.findIndex((other) => other.words[0] === one.words[0]) === at);
          for (const order of once) await commander.do(order);
        }
      : absent('clearCaches'),
    registration: registration ? () => commander.do(registration()) : absent('registration'),
    setRegistration: setRegistration
      ? async (open) => void (await commander.do(setRegistration(open)))
      : absent('setRegistration'),
    features: features ? () => commander.do(features()) : absent('features'),
    reloadConfig: reloadConfig ? async (path) => void (await commander.do(reloadConfig(path))) : absent('reloadConfig'),
    restart: restart ? async (force) => void (await commander.do(restart(force))) : absent('restart'),
    shutdown: shutdown ? async () => void (await commander.do(shutdown())) : absent('shutdown'),
  };
}

/** Bridges, registered while the server runs. */
export function createRelayAppservices({ dialect, commander }: RelayParts): Appservices {
  const { acts } = dialect;
  const { showAppservice } = acts;
  return {
    list: () => commander.do(acts.listAppservices()),
    show: showAppservice
      ? async (id) => {
          try {
            const yaml = await commander.do(showAppservice(id));
            return yaml.replaceAll(/^(\s*["']?[ah]s_token["']?\s*:\s*).*$/gm, `$1${mask}`);
          } catch (error) {
            if (error instanceof Problem && error.code === 'not-found') return undefined;
            throw error;
          }
        }
      : lacking(dialect, 'appservices.show'),
    async register(yaml) {
      const lines = yaml.split('\n').filter((line) => line.trim() !== '');
      const { value, exposed } = await commander.doInSecret(acts.registerAppservice(lines));
      return { id: value, exposed };
    },
    unregister: async (id) => void (await commander.do(acts.unregisterAppservice(id))),
  };
}
