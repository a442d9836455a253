import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/** Small packages that every start needs: what of them is used goes into the program, which halves the time of a start. */
const bundled = ['zod', 'yargs-parser', 'fastest-levenshtein'];

const isBundled = (name: string) => bundled.some((one) => name === one || name.startsWith(`${one}/`));

/** Their licences go with them. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const texts = bundled.map((name) => {
        const folder = join(dirname(import.meta.filename), 'node_modules', name);
        const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
        const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
        if (file === undefined) throw new Error(`${name} has no licence`);
        return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
      });
      this.emitFile({
        type: 'asset',
        fileName: 'third-party-licences.txt',
        source: texts.join(`\n${'-'.repeat(80)}\n\n`),
      });
    },
  };
}

/** The files beside it are no modules, as those of `src` are. */
function kind(): Plugin {
  return {
    name: 'kind',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'package.json', source: `${JSON.stringify({ type: 'commonjs' })}\n` });
    },
  };
}

export default defineConfig({
  input: { main: 'src/main.ts', 'homeserver/client': 'src/homeserver/client.ts' },
  platform: 'node',
  external: (name) => !name.startsWith('.') && !name.startsWith('/') && !isBundled(name),
  plugins: [licences(), kind()],
  // In one folder: the program reads package.json beside it. As CommonJS: Node loads modules more slowly.
  output: { dir: 'dist', format: 'cjs', cleanDir: true, chunkFileNames: '[name]-[hash].js' },
});
