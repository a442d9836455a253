import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { dropInFolder } from '../homeserver/find-synapse.ts';
import { freePort } from '../homeserver/free-port.ts';
import { type Synapse, type SynapseOptions, startSynapse } from '../homeserver/synapse.ts';

/** What happens when the bot runs one of the operator's commands. */
export type Hook = 'restart' | 'reload' | 'stop';

/** A Synapse with a folder of drop-ins, metrics, and commands for the bot that really restart, reload and stop it. */
export interface HostLab {
  readonly server: Synapse;
  /** The `host` part of bot.config.json. */
  readonly host: Record<string, unknown>;
  readonly dropIn: string;
  readonly appserviceDir: string;
  readonly mainFile: string;
  /** How often each command was run. */
  readonly runs: Record<Hook, number>;
  /** Done in place of the command's own act, until it is taken away again. */
  readonly instead: Map<Hook, () => Promise<void>>;
  /** The bot's own file as it stands. */
  readDropIn(): string;
  close(): Promise<void>;
}

/** Starts it; `dropIn` is what the bot's own file holds at first (none: no such file). */
export async function openHostLab(options: SynapseOptions & { readonly dropInText?: string } = {}): Promise<HostLab> {
  const metricsPort = await freePort();
  const { dropInText, ...synapse } = options;
  const server = await startSynapse({ ...synapse, config: { ...synapse.config, enable_metrics: true } });
  const mainFile = join(server.dataDir, 'homeserver.yaml');
  const main = JSON.parse(readFileSync(mainFile, 'utf8')) as { listeners: unknown[] };
  main.listeners.push({ port: metricsPort, type: 'metrics', bind_addresses: ['127.0.0.1'] });
  writeFileSync(mainFile, `${JSON.stringify(main, null, 2)}\n`);
  const folder = join(server.dataDir, dropInFolder);
  const appserviceDir = join(server.dataDir, 'appservices');
  mkdirSync(folder);
  mkdirSync(appserviceDir);
  const dropIn = join(folder, '50-castellan.yaml');
  if (dropInText !== undefined) writeFileSync(dropIn, dropInText);
  await server.restart();

  const runs = { restart: 0, reload: 0, stop: 0 };
  const instead = new Map<Hook, () => Promise<void>>();
  const acts: Record<Hook, () => Promise<void>> = {
    restart: () => server.restart(),
    reload: async () => server.reload(),
    stop: () => server.stop({ keepData: true }),
  };
  const door: Server = createServer((request, response) => {
    const hook = (request.url ?? '').slice(1) as Hook;
    runs[hook] += 1;
    (instead.get(hook) ?? acts[hook])().then(
      () => response.writeHead(200).end('done\n'),
      (error: Error) => response.writeHead(500).end(error.message.slice(-1_500)),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port } = door.address() as AddressInfo;
  // A program of the operator's, as a shell script is: it prints, and says by its status how it went.
  const program = join(server.dataDir, 'hook.mjs');
  writeFileSync(
    program,
    `const r = await fetch('http://127.0.0.1:${port}/' + process.argv[2]); process.stdout.write(await r.text()); process.exit(r.ok ? 0 : 1);\n`,
  );
  chmodSync(program, 0o700);
  const command = (hook: Hook) => [process.execPath, program, hook];
  return {
    server,
    dropIn,
    appserviceDir,
    mainFile,
    runs,
    instead,
    host: {
      configFiles: [mainFile, folder],
      dropIn,
      appserviceDir,
      commands: {
        restart: command('restart'),
        reload: command('reload'),
        stop: command('stop'),
        check: server.checkCommand,
      },
      metricsUrl: `http://127.0.0.1:${metricsPort}/_synapse/metrics`,
      timeout: '20s',
    },
    readDropIn: () => (existsSync(dropIn) ? readFileSync(dropIn, 'utf8') : ''),
    async close() {
      door.close();
      door.closeAllConnections();
      await server.stop();
    },
  };
}
