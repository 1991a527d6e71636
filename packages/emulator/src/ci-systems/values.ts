/** Values that several CI systems have in their settings. */
import * as v from 'valibot';
import { integer, text } from '../shape.ts';

const HEX = '[0-9a-fA-F]';
const GUID_PATTERN = `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`;

export const GUID_KEY = new RegExp(`^${GUID_PATTERN}$`);
export const GUID = text(GUID_KEY, 'a GUID such as 00000000-0000-4000-8000-000000000000');
export const UUID = v.pipe(
  text(new RegExp(`^(${GUID_PATTERN}|\\{${GUID_PATTERN}\\})$`), 'a UUID, with or without braces'),
  v.transform((uuid) => uuid.replace(/[{}]/g, '')),
);
export const SLUG = text(/^[\w.-]+$/, 'a slug of letters, digits, "_", "." and "-"');
export const NAME = text(/^[^/\p{Cc}]+$/u, 'a name without slashes and control characters');
export const POSITIVE = integer({ minimum: 1, maximum: 2 ** 31 - 1 });
