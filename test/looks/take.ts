/**
 * Pictures of real answers, as a client shows them that keeps to the specification: `npm run looks -- FOLDER` asks a bot
 * of its own and draws each scene at the width of a phone and of a desktop; `npm run looks -- FOLDER plan-phone` draws
 * that one only. It needs a `chromium` on the PATH.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readHtml } from '../core/html.ts';
import { type Demo, openDemo } from '../demo/open-demo.ts';
import type { RoomEvent } from '../homeserver/client.ts';
import { openBrowser, type Screen } from './browser.ts';
import { conversationPage, type Said, typed } from './page.ts';
import { scenes } from './scenes.ts';

const screens: Readonly<Record<string, Screen>> = {
  phone: { width: 400, dots: 1.25 },
  desktop: { width: 1000, dots: 1 },
};

/** Says a line; gives what the room then shows, the job that it began included. */
async function conversation({ admin, roomId, botId }: Demo, line: string): Promise<readonly Said[]> {
  const sent = await admin.send(roomId, `!admin ${line}`);
  const answers: RoomEvent[] = [];
  const next = async () => {
    const answer = await admin.waitForEvent(
      roomId,
      (event) =>
        event.sender === botId &&
        event.content['dev.castellan.for'] === sent &&
        event.content.msgtype !== 'm.file' &&
        !answers.some(({ event_id }) => event_id === event.event_id),
    );
    answers.push(answer);
    return String(answer.content.body);
  };
  if (/; `!admin job cancel/.test(await next())) await next();
  return [
    { who: 'admin', html: typed(`!admin ${line}`) },
    ...answers.map(({ content }) => {
      const html = String(content.formatted_body);
      readHtml(html);
      return { who: 'castellan', html };
    }),
  ];
}

const [to = '.', ...wanted] = process.argv.slice(2);
const folder = resolve(to);
mkdirSync(folder, { recursive: true });
const demo = await openDemo((line) => process.stderr.write(`looks: ${line} …\n`));
const browser = await openBrowser().catch(async (error: unknown) => {
  await demo.close();
  throw error;
});
try {
  for (const { name, lines } of scenes) {
    const said: Said[] = [];
    for (const line of lines) said.push(...(await conversation(demo, line)));
    for (const [width, screen] of Object.entries(screens)) {
      const picture = `${name}-${width}`;
      if (wanted.length > 0 && !wanted.includes(picture)) continue;
      const file = join(folder, `${picture}.png`);
      writeFileSync(file, await browser.picture(conversationPage(said), screen));
      process.stdout.write(`${file}\n`);
    }
  }
} finally {
  await browser.close();
  await demo.close();
}
