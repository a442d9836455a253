/** Asks for a secret on the terminal without showing it; undefined for Ctrl-C. The library is slow to load. */
export async function askSecret(what: string): Promise<string | undefined> {
  const { password } = await import('@inquirer/prompts');
  try {
    const asked = { message: `The ${what}`, mask: true, validate: (text: string) => text !== '' };
    return await password(asked, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') return undefined;
    throw error;
  }
}
