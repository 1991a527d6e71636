import type { Check } from '../../core/check.ts';

export function ok(name: string, message: string): Check {
  return { name, status: 'ok', message };
}

export function warn(name: string, message: string, change: string): Check {
  return { name, status: 'warn', message, change };
}

export function fail(name: string, message: string, change: string): Check {
  return { name, status: 'fail', message, change };
}

/** Result of a check that did not run. */
export function skip(name: string, message: string, change?: string): Check {
  return { name, status: 'skip', message, ...(change === undefined ? {} : { change }) };
}
