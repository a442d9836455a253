import { code, commandLine, counted, say, type Text } from '../core/text.ts';
import type { Listed } from '../homeserver/listed.ts';
import type { EventReport, Reports, UserReport } from '../homeserver/reports.ts';
import type { NewsItem, NewsSource } from './news.ts';

/** Read at once while going back to what is known. */
const pageSize = 100;

interface Numbered {
  readonly id: number;
}

function source<Row extends Numbered>(
  name: string,
  list: (from: number, limit: number) => Promise<Listed<Row>>,
  words: (row: Row) => Text,
  all: string,
): NewsSource {
  return {
    name,
    async start() {
      return String((await list(0, 1)).rows[0]?.id ?? 0);
    },
    async since(mark) {
      const known = Number(mark);
      const fresh: Row[] = [];
      for (let from = 0; ; from += pageSize) {
        const { rows, total } = await list(from, pageSize);
        const newer = rows.filter(({ id }) => id > known);
        fresh.push(...newer);
        if (newer.length < rows.length || from + rows.length >= total || rows.length === 0) break;
      }
      // What comes in while the pages are read moves rows to the next page, where they are read again.
      const once = [...new Map(fresh.map((row) => [row.id, row])).values()].sort((one, other) => one.id - other.id);
      return once.map((row): NewsItem => ({ key: String(row.id), words: say`🚩 ${words(row)}`, mark: String(row.id) }));
    },
    more: (count) => say`and ${counted(count, 'more report')}: ${commandLine(all)}`,
  };
}

const because = (reason: string | undefined): Text => (reason === undefined ? say`no reason given` : say`“${reason}”`);

function ofMessage({ id, reporter, sender, roomId, roomName, reason }: EventReport): Text {
  const whose = sender === undefined ? say`a message` : say`a message of ${code(sender)}`;
  const where = roomName === undefined ? code(roomId) : say`${roomName} (${code(roomId)})`;
  return say`${code(reporter)} has reported ${whose} in ${where}: ${because(reason)}. ${commandLine(`report show ${id}`)}`;
}

function ofPerson({ id, reporter, target, reason }: UserReport): Text {
  return say`${code(reporter)} has reported ${code(target)}: ${because(reason)}. ${commandLine(`report show u${id}`)}`;
}

/** New reports of messages and of people. */
export function reportNews(reports: Reports): readonly NewsSource[] {
  return [
    source('reports', (from, limit) => reports.ofEvents({ from, limit }), ofMessage, 'report list'),
    source('user-reports', (from, limit) => reports.ofUsers({ from, limit }), ofPerson, 'report users'),
  ];
}
