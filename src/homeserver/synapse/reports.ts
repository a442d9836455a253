import { z } from 'zod';
import { shownContent } from '../../core/mask-secrets.ts';
import { once } from '../../core/once.ts';
import type { EventReport, ReportQuery, Reports, UserReport } from '../reports.ts';
import type { SynapseHttp } from './http.ts';

const events = '/_synapse/admin/v1/event_reports';
const users = '/_synapse/admin/v1/user_reports';

const text = once(() => z.string().nullish());
const eventReport = once(() =>
  z.looseObject({
    id: z.number(),
    received_ts: z.number(),
    user_id: z.string(),
    sender: text(),
    room_id: z.string(),
    name: text(),
    event_id: z.string(),
    reason: text(),
  }),
);
const eventReportDetails = once(() =>
  eventReport().extend({
    event_json: z
      .looseObject({ type: z.string().optional(), content: z.record(z.string(), z.unknown()).optional() })
      .nullish(),
  }),
);
const userReport = once(() =>
  z.looseObject({
    id: z.number(),
    received_ts: z.number(),
    user_id: z.string(),
    target_user_id: z.string(),
    reason: text(),
  }),
);
const gone = once(() => z.looseObject({}));

function eventReportOf(raw: z.output<ReturnType<typeof eventReport>>): EventReport {
  return {
    id: raw.id,
    receivedAt: raw.received_ts,
    reporter: raw.user_id,
    sender: raw.sender ?? undefined,
    roomId: raw.room_id,
    roomName: raw.name ?? undefined,
    eventId: raw.event_id,
    reason: raw.reason || undefined,
    raw,
  };
}

function userReportOf(raw: z.output<ReturnType<typeof userReport>>): UserReport {
  return {
    id: raw.id,
    receivedAt: raw.received_ts,
    reporter: raw.user_id,
    target: raw.target_user_id,
    reason: raw.reason || undefined,
    raw,
  };
}

const common = ({ from, limit, oldestFirst, reporter }: ReportQuery) => ({
  from,
  limit,
  dir: oldestFirst ? 'f' : 'b',
  user_id: reporter,
});

/** Reports, by Synapse's admin API (manual, "Show reported events" and "User reports"). */
export function createSynapseReports(http: SynapseHttp, botId: string): Reports {
  return {
    async ofEvents(query) {
      const page = z.looseObject({ event_reports: z.array(eventReport()), total: z.number() });
      const filters = { ...common(query), room_id: query.roomId, event_sender_user_id: query.target };
      const answer = await http.call(page, { method: 'GET', path: events, query: filters });
      return { rows: answer.event_reports.map(eventReportOf), total: answer.total };
    },

    async ofUsers(query) {
      const page = z.looseObject({ user_reports: z.array(userReport()), total: z.number() });
      const filters = { ...common(query), target_user_id: query.target };
      const answer = await http.call(page, { method: 'GET', path: users, query: filters });
      return { rows: answer.user_reports.map(userReportOf), total: answer.total };
    },

    async event(id) {
      const found = await http.find(eventReportDetails(), { method: 'GET', path: `${events}/${id}` });
      if (found === undefined) return undefined;
      const report = eventReportOf(found);
      const content = shownContent(found.event_json?.content ?? {}, report.sender ?? '', botId);
      const raw = found.event_json ? { ...found, event_json: { ...found.event_json, content } } : found;
      return { ...report, raw, eventType: found.event_json?.type, content };
    },

    async user(id) {
      const found = await http.find(userReport(), { method: 'GET', path: `${users}/${id}` });
      return found && userReportOf(found);
    },

    async removeEvent(id) {
      await http.find(gone(), { method: 'DELETE', path: `${events}/${id}` });
    },

    async removeUser(id) {
      await http.find(gone(), { method: 'DELETE', path: `${users}/${id}` });
    },
  };
}
