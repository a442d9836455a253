import type { TestProject } from 'vitest/node';
import { findSynapse } from './find-synapse.ts';
import { sweepDataFolders } from './sweep-data-folders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why no Synapse can be had, or null. */
    synapseProblem: string | null;
  }
}

/** Finds or makes the Synapse once, before the workers start, so that the minute it may take is no test's. */
export default async function setup(project: TestProject): Promise<void> {
  try {
    const way = await findSynapse();
    if (way.kind === 'startable') await sweepDataFolders(way.dataRoot);
    project.provide('synapseProblem', null);
  } catch (error) {
    project.provide('synapseProblem', error instanceof Error ? error.message : String(error));
  }
}
