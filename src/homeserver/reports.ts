import type { Listed } from './listed.ts';

/** Someone's report of a message. Times are epoch ms. */
export interface EventReport {
  readonly id: number;
  readonly receivedAt: number;
  readonly reporter: string;
  /** Whose message it is; `undefined` where the server does not know the event any more. */
  readonly sender: string | undefined;
  readonly roomId: string;
  readonly roomName: string | undefined;
  readonly eventId: string;
  readonly reason: string | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface EventReportDetails extends EventReport {
  readonly eventType: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Someone's report of a person. */
export interface UserReport {
  readonly id: number;
  readonly receivedAt: number;
  readonly reporter: string;
  readonly target: string;
  readonly reason: string | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface ReportQuery {
  readonly from: number;
  readonly limit: number;
  /** Oldest first. */
  readonly oldestFirst?: boolean;
  readonly reporter?: string;
  /** Whose messages, or who, was reported. */
  readonly target?: string;
}

/** What people reported to the server's admins. */
export interface Reports {
  ofEvents(query: ReportQuery & { readonly roomId?: string }): Promise<Listed<EventReport>>;
  ofUsers(query: ReportQuery): Promise<Listed<UserReport>>;
  event(id: number): Promise<EventReportDetails | undefined>;
  user(id: number): Promise<UserReport | undefined>;
  /** One that is gone already is a success. */
  removeEvent(id: number): Promise<void>;
  removeUser(id: number): Promise<void>;
}
