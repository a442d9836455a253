import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { code, say, type Text } from '../../core/text.ts';
import type { HostCheck } from '../host.ts';
import type { ConfigMask } from './mask-config.ts';
import { runHook } from './run-hook.ts';

/** Asks the operator's own check, or else Synapse itself where it is installed here, what it makes of its files. */
export async function askSynapse(options: {
  readonly check: readonly string[] | undefined;
  readonly configFiles: readonly string[];
  readonly timeoutMs: number;
  readonly mask: ConfigMask;
}): Promise<HostCheck> {
  const { check, configFiles, timeoutMs, mask } = options;
  const nothing: HostCheck = { faults: [], notes: [] };
  if (check !== undefined && check.length > 0) {
    const end = await runHook(check, { timeoutMs });
    if (end.ok) return nothing;
    return { faults: [say`The check says no (${end.how}): ${lastWords(end.output, mask)}`], notes: [] };
  }
  const python = pythonOfSynapse();
  const note = say`Synapse itself could not be asked about its files: set ${code('host.commands.check')}.`;
  if (python === undefined) return { faults: [], notes: [note] };
  const end = await runHook([python, '-m', 'synapse.config', ...configFiles.flatMap((path) => ['-c', path])], {
    timeoutMs,
  });
  if (end.ok) return nothing;
  // Not allowed to read a key, or no Synapse in that Python: that says nothing about the files.
  const unable = /PermissionError|ModuleNotFoundError|No module named|Permission denied/.test(end.output);
  if (unable || end.output.trim() === '') return { faults: [], notes: [note] };
  return { faults: [say`Synapse would not start: ${lastWords(end.output, mask)}`], notes: [] };
}

const shownLines = 4;
const shownSigns = 600;

/** The end of what a program printed, secrets masked. */
export function lastWords(output: string, mask: ConfigMask): Text {
  const lines = mask
    .text(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const words = lines.slice(-shownLines).join(' ⏎ ').slice(-shownSigns);
  return words === '' ? say`it printed nothing` : code(words);
}

/** The Python that Synapse's own program is run by, in its virtual environment or the system's. */
function pythonOfSynapse(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'synapse_homeserver');
    if (folder === '' || !statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    const interpreter = /^#!\s*(\/\S+)/.exec(firstLine(path))?.[1];
    if (interpreter !== undefined && !interpreter.endsWith('/env') && !interpreter.endsWith('sh')) return interpreter;
  }
  return undefined;
}

function firstLine(path: string): string {
  try {
    const file = openSync(path, 'r');
    const bytes = Buffer.alloc(256);
    const read = readSync(file, bytes);
    closeSync(file);
    return bytes.subarray(0, read).toString('utf8').split('\n')[0] ?? '';
  } catch {
    return '';
  }
}
