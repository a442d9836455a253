import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** How wide a screen is, in CSS pixels, and how many dots one of them has. */
export interface Screen {
  readonly width: number;
  readonly dots: number;
}

export interface Browser {
  /** A PNG of a whole page, as long as it is. */
  picture(html: string, screen: Screen): Promise<Buffer>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A headless `chromium` of the PATH, driven over its debugging pipe: no window of it is as narrow as a phone. */
export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'castellan-looks-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-pipe'];
  const child = spawn('chromium', [...flags, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'close');
  // It says so by itself where there is none.
  await once(child, 'spawn');
  const [, , , orders, told] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (message: Message) => void>();
  let sent = 0;
  let loaded: () => void = () => undefined;

  let rest = '';
  told.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const one of messages) {
      const message = JSON.parse(one) as Message;
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      else if (message.method === 'Page.loadEventFired') loaded();
    }
  });

  async function call(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    sent += 1;
    const answered = new Promise<Message>((resolve) => waiting.set(sent, resolve));
    orders.write(`${JSON.stringify({ id: sent, method, params, sessionId })}\0`);
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return { ...result };
  }

  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const page = (method: string, params?: object) => call(method, params, String(sessionId));
  await page('Page.enable');

  return {
    async picture(html, { width, dots }) {
      await page('Emulation.setDeviceMetricsOverride', { width, height: 100, deviceScaleFactor: dots, mobile: true });
      const load = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await page('Page.navigate', { url: `data:text/html;base64,${Buffer.from(html).toString('base64')}` });
      await load;
      const { cssContentSize } = await page('Page.getLayoutMetrics');
      const { height } = cssContentSize as { readonly height: number };
      const { data } = await page('Page.captureScreenshot', {
        format: 'png',
        captureBeyondViewport: true,
        clip: { x: 0, y: 0, width, height, scale: 1 },
      });
      return Buffer.from(String(data), 'base64');
    },
    async close() {
      await call('Browser.close').catch(() => undefined);
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
