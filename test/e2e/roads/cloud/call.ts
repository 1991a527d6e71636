/** A request to AWS and its answer, as the services of the tests see them. */

export interface Call {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Permission that IAM checks before a call is executed. */
export interface Needed {
  /** `s3:PutObject` */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

export interface Service {
  /** Whether requests to this host belong to the service. */
  owns(host: string): boolean;
  /** @throws ServiceError for a call that the stand-in does not know */
  needs(call: Call): readonly Needed[];
  answer(call: Call): Promise<Answer> | Answer;
  /** Writes an error as clients of the service read it. */
  fail(error: ServiceError): Answer;
}

export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/** @throws ServiceError for a call that no recipe is known to make, so that a new one is noticed */
export function unknownCall(name: string): never {
  throw new ServiceError('NotImplemented', `the cloud of the tests does not know ${name}`, 501);
}
