import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { unused } from '../../src/matrix/load-sdk.ts';

const loader = new URL('../../src/matrix/load-sdk.ts', import.meta.url).href;

/** What a process of its own says that loads the SDK as the bot does. */
function after(script: string): unknown {
  const program = `
    import { createRequire } from 'node:module';
    const { loadSdk } = await import('${loader}');
    await loadSdk();
    const fromSdk = createRequire(createRequire('${loader}').resolve('matrix-bot-sdk'));
    process.stdout.write(JSON.stringify(${script}));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}

test('the SDK is loaded without what the bot has no use for', () => {
  const fromSdk = createRequire(createRequire(loader).resolve('matrix-bot-sdk'));
  const folders = ['express/lib', 'request/lib', 'sanitize-html/node_modules', 'postgres/src'];
  const loaded = after('Object.keys(fromSdk.cache)') as readonly string[];
  for (const name of unused) expect(loaded).toContain(fromSdk.resolve(name));
  expect(loaded.filter((path) => folders.some((folder) => path.includes(`/node_modules/${folder}`)))).toEqual([]);
});

test.each(unused)('%s fails by its name where it is used after all', (name) => {
  const words = after(`(() => { try { fromSdk('${name}')(); return ''; } catch (error) { return error.message; } })()`);
  expect(words).toContain(`${name} is left out`);
});
