import { Problem } from '../../src/core/problem.ts';
import type { Text } from '../../src/core/text.ts';

const plain = (text: Text | undefined): string => text?.parts.map((part) => part.text).join('') ?? '';

/** The Problem that `act` throws, with its words as one string: text, then hint. */
export function thrown(act: () => unknown): { readonly problem: Problem; readonly words: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return { problem: error, words: `${plain(error.text)} ${plain(error.hint)}`.trim() };
    throw error;
  }
  throw new Error('nothing was thrown');
}
