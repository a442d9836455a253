import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answersTo, fence } from './answered.ts';
import { startBotProcess } from './bot-process.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('two bots on copies of one store', () => {
  let server: Synapse;
  /** Between both bots and all of the homeserver. */
  let between: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'two-bots' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url });
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  test('what is typed while the one takes over from the other is done once and answered once', async () => {
    await room.ask('server version');
    await room.bot().stop();
    const copy = join(dirname(room.dataDir), 'copy');
    cpSync(room.dataDir, copy, { recursive: true });
    const first = await room.start();
    room.configure({ dataDir: copy });
    const typed: string[] = [];
    let over = false;
    const round = async () => {
      const n = typed.length / 3;
      for (const line of [`create-user made-${n} typed-for-${n}`, `server admin-notice said ${n}.`, 'server version'])
        typed.push(await room.admin.send(room.roomId, `!admin ${line}`));
    };
    const type = async () => {
      while (!over) {
        await round();
        // No faster than it is done, and never waiting for it.
        await room.answerTo(typed.at(-4) ?? typed[0] ?? '');
      }
    };
    const typing = type();
    const second = await startBotProcess(room.configFile);
    const status = await first.exited;
    over = true;
    await typing;
    await round();
    expect(status).toBe(6);
    expect(first.output()).toContain('Another Castellan has started');
    for (const event of typed) await room.answerTo(event);
    await fence(room);
    const answers = (await answersTo(room, typed)).map(({ content }) => String(content['dev.castellan.for']));
    expect(answers.toSorted()).toEqual(typed.toSorted());

    const rounds = Array.from({ length: typed.length / 3 }, (_, n) => n);
    const made = between.requests.flatMap(({ method, path }) =>
      method === 'PUT' ? (/\/v2\/users\/.*made-(\d+)/.exec(path)?.slice(1) ?? []) : [],
    );
    expect(made.map(Number).sort((one, other) => one - other)).toEqual(rounds);
    const announced = (await room.admin.messages(room.roomId)).flatMap((event) =>
      event.sender === room.botAccount.userId ? (/said (\d+)\./.exec(bodyOf(event))?.slice(1) ?? []) : [],
    );
    expect(announced.map(Number).sort((one, other) => one - other)).toEqual(rounds);
    // Each of them had its part.
    for (const folder of [room.dataDir, copy])
      expect(fromStore(folder, "SELECT * FROM inbox WHERE command = 'user create-user'").length).toBeGreaterThan(0);
    await second.kill();
  });
});
