import { capture } from '../text/capture.ts';
import { type Decimal, decimal } from './decimal.ts';

/** W3C date and time formats (IAM guide, "Date condition operators"), except a year alone. */
const W3C = /^(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:Z|([+-])(\d{2}):(\d{2})))?)?$/;

/** Seconds from 1970 to the year 10000. A longer number is probably in milliseconds. */
const LAST_SECOND = 253_402_300_799;

/**
 * Parses a date to seconds since 1970. Returns undefined for text without a documented meaning, such as a day that does
 * not exist. A number is undefined if it may be a date without separators (`2099`, `20990131`) or a time in
 * milliseconds.
 */
export function parseDate(text: string): Decimal | undefined {
  if (/^\d+$/.test(text)) return parseEpoch(text);
  const group = capture(W3C, text);
  if (group === undefined) return undefined;
  const number = (index: number, absent = 0): number => (group(index) === '' ? absent : Number(group(index)));
  const [year, month, day] = [number(1), number(2), number(3, 1)];
  const [hour, minute, second] = [number(4), number(5), number(6)];
  const [zoneHours, zoneMinutes] = [number(9), number(10)];
  if (hour > 23 || minute > 59 || second > 59 || zoneHours > 23 || zoneMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (zoneHours * 60 + zoneMinutes) * (group(8) === '-' ? -60 : 60);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  // A fraction counts forward even before 1970, when the number of seconds is negative.
  if (seconds < 0 && Number(group(7)) > 0) return undefined;
  return decimal(seconds < 0, String(Math.abs(seconds)), group(7));
}

function parseEpoch(text: string): Decimal | undefined {
  const isDateWithoutSeparators = text.length === 4 || text.length === 6 || text.length === 8;
  return isDateWithoutSeparators || Number(text) > LAST_SECOND ? undefined : decimal(false, text, '');
}
