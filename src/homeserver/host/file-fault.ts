const known: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'I have no permission',
  EPERM: 'I have no permission',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'it lies on a file system that can only be read',
  EDQUOT: 'the disk quota is used up',
};

/** What the system said about a file, in words; never its content. */
export function fileFault(error: unknown): { readonly code: string; readonly words: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return { code, words: known[code] ?? `the system says ${code}` };
}
