import { expect, test } from 'vitest';
import { renderReply } from '../../src/core/render.ts';
import { paragraph } from '../../src/core/reply.ts';
import { commandLine, say } from '../../src/core/text.ts';

test('a command that is named can be copied as it stands, with the prefix that is configured', () => {
  const blocks = [paragraph(say`See ${commandLine('user details @alice:castellan.test')}.`)];
  const { content } = renderReply({ outcome: 'done', blocks }, { output: 'human', prefix: '!hs', path: 'x' });
  expect(content.body).toBe('See `!hs user details @alice:castellan.test`.');
  expect(content.formatted_body).toContain('<code>!hs user details @alice:castellan.test</code>');
});
