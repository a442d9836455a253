import { Problem } from '../core/problem.ts';

/** What a homeserver tells, or `undefined` where it has no way to tell it. */
export async function ifTold<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unsupported') return undefined;
    throw error;
  }
}
