import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../src/core/markdown.ts';
import { type PlanOptions, planReply, type ShownPlan } from '../../src/core/plan-reply.ts';
import { code, say } from '../../src/core/text.ts';

const options: PlanOptions = {
  danger: 'typed',
  code: 'K7QF',
  prefix: '!admin',
  expiresInMs: 300_000,
  dryRun: false,
  path: 'user deactivate',
};

const plan: ShownPlan = {
  title: say`Deactivate ${code('@bob:example.org')}.`,
  targets: [{ id: '@bob:example.org', note: say`in 12 rooms` }],
  cautions: [say`Ends all sessions.`],
  instead: say`${code('!admin user suspend @bob:example.org')} can be undone.`,
  words: ['@bob:example.org'],
};

const many: ShownPlan = {
  ...plan,
  targets: Array.from({ length: 300 }, (_, at) => ({ id: `@u${at}:example.org` })),
  skipped: [{ id: '@bot:example.org', why: say`is the bot` }],
  words: ['300'],
};

describe('planReply', () => {
  it('shows what, what stands out, what to know, the way back and the word to type', () => {
    expect(bodyOf(planReply(plan, options).blocks)).toBe(`⚠️ Deactivate \`@bob:example.org\`.

- \`@bob:example.org\`: in 12 rooms

What to know:

- Ends all sessions.

↩️ \`!admin user suspend @bob:example.org\` can be undone.

Send \`!admin confirm K7QF @bob:example.org\`; ❌ or \`!admin cancel K7QF\` drops it. Valid for 5 minutes.`);
  });

  it('asks for a plain yes where that is enough', () => {
    expect(bodyOf(planReply(plan, { ...options, danger: 'confirm' }).blocks)).toMatch(
      /React with ✅ or send `!admin confirm K7QF`; ❌ or `!admin cancel K7QF` drops it\. Valid for 5 minutes\.$/,
    );
  });

  it('names every word that may be typed', () => {
    const words = ['!r:example.org', '#lobby:example.org'];
    expect(bodyOf(planReply({ ...plan, words }, options).blocks)).toContain(
      'Send `!admin confirm K7QF !r:example.org` (or `#lobby:example.org` in its place);',
    );
  });

  it('never asks for less than a word where one must be typed', () => {
    expect(() => planReply({ ...plan, words: [] }, options)).toThrow();
  });

  it('does not ask in a dry run', () => {
    const body = bodyOf(planReply(plan, { ...options, dryRun: true }).blocks);
    expect(body).toMatch(/Dry run: nothing was done\.$/);
    expect(body).not.toContain('K7QF');
  });

  it('shows ten of many targets and has all of them, and those left out, in a file', () => {
    const { blocks } = planReply(many, options);
    const body = bodyOf(blocks);
    expect(body).toContain('300 targets:\n\n- `@u0:example.org`\n');
    expect(body).toContain('- `@u9:example.org`\n- and 290 more, all in `user-deactivate-plan.csv`\n');
    expect(body).toContain('1 target left out:\n\n- `@bot:example.org`: is the bot\n');
    const file = blocks.find((block) => block.kind === 'attachment');
    const records = parse(String(file?.content));
    expect(records).toHaveLength(302);
    expect(records.at(-1)).toEqual(['@bot:example.org', 'skip', 'is the bot']);
  });

  it('needs no file for ten', () => {
    const { blocks } = planReply({ ...many, targets: many.targets.slice(0, 10) }, options);
    expect(blocks.some((block) => block.kind === 'attachment')).toBe(false);
    expect(bodyOf(blocks)).toContain('- `@u9:example.org`\n\n1 target left out');
  });
});
