#!/usr/bin/env node
import module from 'node:module';
import { outliveReaders } from './exec/standard-output.ts';
import { version } from './version.ts';

// Node 20 has no such function, and npm installs there all the same: it must get as far as to be told.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`Castellan needs Node 22.18 or later; this is ${process.version} (${process.execPath}).\n`);
  process.exit(2);
}

// Everything else is loaded by the command that needs it: this alone takes the SDK from 0.3 s to 0.2 s.
module.enableCompileCache();
outliveReaders();

const help = `castellan: an admin room for your Matrix homeserver.

  castellan run [--config FILE]    run the bot
  castellan init                   set it up against a homeserver; castellan init --help shows how
  castellan exec -- COMMAND        run a command of the room, without the room; castellan exec --help
  castellan console                a prompt for them
  castellan config show            show or change bot.config.json; castellan config --help
  castellan doctor [--config FILE] look whether it is set up well
  castellan --version

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 confirmation needed, 4 outcome unknown, 5 token refused,
6 another instance is running, 7 room refused.
`;

async function main([command, ...argv]: readonly string[]): Promise<number> {
  switch (command) {
    case 'run': {
      // What is garbage soon is cleared away while it is little, and the rest before it has grown to two and a half times:
      // a long list takes little more memory then than the program itself.
      const { setFlagsFromString } = await import('node:v8');
      setFlagsFromString('--semi-space-growth-factor=1');
      setFlagsFromString('--heap-growing-percent=150');
      await (await import('./run.ts')).runCommand(argv);
      return 0;
    }
    case 'init':
      await (await import('./init/command.ts')).initCommand(argv);
      return 0;
    case 'exec':
      return (await import('./exec/command.ts')).execCommand(argv);
    case 'console':
      return (await import('./console/command.ts')).consoleCommand(argv);
    case 'config':
      (await import('./config-command.ts')).configCommand(argv);
      return 0;
    case 'doctor':
      return (await (await import('./doctor.ts')).doctorCommand(argv)) ? 0 : 1;
    case '--version':
    case '-V':
      process.stdout.write(`${version()}\n`);
      return 0;
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(help);
      return 0;
    default:
      process.stderr.write(command === undefined ? help : `There is no command "${command}".\n\n${help}`);
      return 2;
  }
}

async function failed(error: unknown): Promise<number> {
  const { endingOf } = await import('./exit-code.ts');
  const ending = endingOf(error);
  if (ending === undefined) {
    const name = error instanceof Error ? error.name : typeof error;
    process.stderr.write(`Castellan ended on an error nobody foresaw (${name}).\n`);
    return 1;
  }
  process.stderr.write(`${ending.lines.join('\n')}\n`);
  return ending.exitCode;
}

// Standard input may be closed at a question; Node itself would then end with 0.
process.once('beforeExit', () => {
  process.stderr.write('It was not done: there was nothing left to wait for, as when standard input is closed.\n');
  process.exit(1);
});

void main(process.argv.slice(2))
  .catch(failed)
  .then(async (ended) => {
    // Only now is it known whether the last of the output could be written.
    await new Promise(setImmediate);
    // Nothing left open may hold the process up.
    process.exit(ended);
  });
