import { parseDuration } from './durations.ts';
import type { Field } from './fields.ts';
import {
  parseAlias,
  parseEventId,
  parseLocalAlias,
  parseLocalpart,
  parseLocalUser,
  parseMxc,
  parseRoom,
  parseRoomId,
  parseServerName,
  parseUser,
} from './ids.ts';
import { parseJson } from './parse-json.ts';
import { parseDisplayName, parseEmail } from './people.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { parseSize } from './sizes.ts';
import { code, joined, say } from './text.ts';
import { parseTime } from './times.ts';

/** The value that a word stands for in a field, by the field's kind. Throws Problem('usage'); never names a secret. */
export function readValue(field: Pick<Field, 'kind' | 'choices'>, word: string, serverName: string): unknown {
  switch (field.kind) {
    case 'localpart':
      return parseLocalpart(word, serverName);
    case 'newUser':
      return `@${parseLocalpart(word, serverName)}:${serverName}`;
    case 'user':
      return parseUser(word, serverName);
    case 'localUser':
      return parseLocalUser(word, serverName);
    case 'room':
      return parseRoom(word, serverName);
    case 'roomId':
      return parseRoomId(word);
    case 'alias':
      return parseAlias(word, serverName);
    case 'localAlias':
      return parseLocalAlias(word, serverName);
    case 'eventId':
      return parseEventId(word);
    case 'mxc':
      return parseMxc(word);
    case 'server':
      return parseServerName(word);
    case 'email':
      return parseEmail(word);
    case 'displayName':
      return parseDisplayName(word);
    case 'duration':
      return parseDuration(word);
    case 'time':
      return parseTime(word);
    case 'size':
      return parseSize(word);
    case 'count':
      return wholeNumber(word);
    case 'choice':
      return oneOf(field.choices, word);
    case 'json':
      return parseJson(word);
    case 'flag':
      return true;
    case 'secret':
    case 'text':
      return word;
  }
}

function wholeNumber(word: string): number {
  const value = /^-?\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Problem('usage', say`${clipped(word)} is no whole number.`);
  return value;
}

function oneOf(choices: readonly string[], word: string): string {
  const chosen = choices.find((choice) => choice.toLowerCase() === word.toLowerCase());
  if (chosen === undefined)
    throw new Problem('usage', say`${clipped(word)} is not possible here; it may be ${joined(choices.map(code))}.`);
  return chosen;
}
