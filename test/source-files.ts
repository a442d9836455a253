import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a file takes from another one or from a package. */
export interface Import {
  /** A path from the root of the repository (`src/core/text.ts`), or the name as written (`zod`, `node:fs`). */
  readonly from: string;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const statement =
  /^\s*(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm;
const call = /(typeof\s+)?\b(?:import|require(?:\.resolve)?)\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(path: string, text: string): readonly Import[] {
  const resolved = (name: string) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name);
  return [
    ...[...text.matchAll(statement)].map(([, type, from, effect]) => ({
      from: resolved(from ?? effect ?? ''),
      typeOnly: type !== undefined,
    })),
    ...[...text.matchAll(call)].map(([, type, from]) => ({ from: resolved(from ?? ''), typeOnly: type !== undefined })),
  ];
}

/** The TypeScript files below a folder of the repository, and what they import. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = relative(root, join(entry.parentPath, entry.name));
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

/** The name of the package that an import is from; `undefined` for our own files and for Node's modules. */
export function packageOf(name: string): string | undefined {
  if (name.startsWith('src/') || name.startsWith('test/') || name.startsWith('node:')) return undefined;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A ring of files each of which needs the next before it can run, or `undefined`. */
export function ringAmong(files: readonly SourceFile[]): readonly string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const through = new Set<string>();
  const follow = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (through.has(path)) return undefined;
    for (const { from, typeOnly } of byPath.get(path)?.imports ?? []) {
      const ring = typeOnly || !byPath.has(from) ? undefined : follow(from, [...trail, path]);
      if (ring) return ring;
    }
    through.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const ring = follow(path, []);
    if (ring) return ring;
  }
  return undefined;
}
