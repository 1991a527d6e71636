/** One line of the doctor's report. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** Result of the check. It may quote text from outside. */
  readonly message: string;
  /** Change that would help. Missing if nothing has to change. */
  readonly change?: string;
}

export function ok(name: string, message: string): Check {
  return { name, status: 'ok', message };
}

export function warn(name: string, message: string, change: string): Check {
  return { name, status: 'warn', message, change };
}

export function fail(name: string, message: string, change: string): Check {
  return { name, status: 'fail', message, change };
}
