/** Result of one check of a diagnosis. */
export interface Check {
  /** Subject of the check: `clock`. */
  readonly name: string;
  /** `warn` does not stop the exchange; `skip` means that nothing was checked. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  /** Finding, without a full stop. It may quote text from outside. */
  readonly message: string;
  /** Change that would help. Missing if nothing has to change. */
  readonly change?: string;
}
