import { Problem } from '../../core/problem.ts';
import { clipped } from '../../core/shown.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { EventReportDetails, Reports, UserReport } from '../../homeserver/reports.ts';

/** Reports of people are numbered by themselves: `u3` is not report 3. */
export const ofUser = (id: number): string => `u${id}`;

export type Found =
  | { readonly kind: 'event'; readonly report: EventReportDetails }
  | { readonly kind: 'user'; readonly report: UserReport };

/** The report that `12` or `u3` stands for. Throws Problem where there is none. */
export async function foundReport(reports: Reports, typed: string): Promise<Found> {
  const [, letter, digits] = /^#?([uU]?)(\d{1,15})$/.exec(typed) ?? [];
  if (digits === undefined) {
    throw new Problem(
      'usage',
      say`${clipped(typed)} is no report: one of a message has a number, like ${code('12')}, one of a person a ${code('u')} before it, like ${code('u3')}.`,
    );
  }
  const id = Number(digits);
  if (letter === '') {
    const report = await reports.event(id);
    if (report !== undefined) return { kind: 'event', report };
  } else {
    const report = await reports.user(id);
    if (report !== undefined) return { kind: 'user', report };
  }
  throw new Problem(
    'not-found',
    say`There is no report ${code(typed)}.`,
    say`${commandLine('report list')} shows those of messages, ${commandLine('report users')} those of people.`,
  );
}
