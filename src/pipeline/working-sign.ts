import type { Matrix } from '../matrix/matrix.ts';

/** A command that has run for so long shows that it is working. */
const afterMs = 5_000;
/** The homeserver takes the sign away after this unless it is given again. */
const lastsMs = 30_000;

/** Runs `work`; while it takes long, the room shows the bot as typing. Nothing depends on whether the sign arrives. */
export async function withWorkingSign<T>(matrix: Matrix, roomId: string, work: () => Promise<T>): Promise<T> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/typing/${encodeURIComponent(matrix.userId)}`;
  let shown = false;
  const show = (typing: boolean) => {
    shown = typing;
    matrix.request('PUT', path, typing ? { typing, timeout: lastsMs } : { typing }).catch(() => undefined);
  };
  let repeat: NodeJS.Timeout | undefined;
  const start = setTimeout(() => {
    show(true);
    repeat = setInterval(show, lastsMs - afterMs, true);
  }, afterMs);
  try {
    return await work();
  } finally {
    clearTimeout(start);
    clearInterval(repeat);
    if (shown) show(false);
  }
}
