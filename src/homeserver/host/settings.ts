import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';

/** The `host` part of the configuration; paths absolute, times in milliseconds. */
export interface HostSettings {
  readonly configFiles: readonly string[];
  readonly dropIn?: string | undefined;
  readonly appserviceDir?: string | undefined;
  readonly commands: {
    readonly restart?: readonly string[] | undefined;
    readonly reload?: readonly string[] | undefined;
    readonly stop?: readonly string[] | undefined;
    readonly check?: readonly string[] | undefined;
  };
  readonly healthUrl?: string | undefined;
  readonly metricsUrl?: string | undefined;
  readonly timeout: number;
}

/** What is said where the operator named no such file or command. `what`: "restarts the homeserver". */
export function missing(key: string, what: string): Problem {
  return new Problem(
    'unsupported',
    say`That needs ${code(`host.${key}`)} in ${code('bot.config.json')}: it is what ${what}.`,
    say`A bot on another machine than the homeserver cannot do this.`,
  );
}

/** The operator's command of this name. Throws Problem('unsupported') where there is none. */
export function commandOf(
  settings: HostSettings | undefined,
  name: 'restart' | 'reload' | 'stop',
  what: string,
): readonly string[] {
  const argv = settings?.commands[name];
  if (argv !== undefined && argv.length > 0) return argv;
  throw missing(`commands.${name}`, what);
}
