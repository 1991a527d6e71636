import { inspect } from 'node:util';
import { accountOfArn } from '../aws/arn.ts';
import { Secret } from '../core/secret.ts';

/** Temporary credentials of an assumed role, as AWS STS returned them. */
export class AssumedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly expiration: Date;
  /** `arn:<partition>:sts::<account>:assumed-role/<role>/<session name>` */
  readonly assumedRoleArn: string;
  /** Twelve digits of `assumedRoleArn`: from the answer of AWS, not from the request. */
  readonly accountId: string;
  /** The STS endpoint that answered. */
  readonly endpoint: string;

  constructor(answer: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string;
    expiration: Date;
    assumedRoleArn: string;
    endpoint: string;
  }) {
    this.accessKeyId = answer.accessKeyId;
    this.secretAccessKey = new Secret(answer.secretAccessKey);
    this.sessionToken = new Secret(answer.sessionToken);
    this.expiration = answer.expiration;
    this.assumedRoleArn = answer.assumedRoleArn;
    this.accountId = accountOfArn(answer.assumedRoleArn) ?? '';
    this.endpoint = answer.endpoint;
  }

  toString(): string {
    return `[credentials of ${this.assumedRoleArn}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** One assumed role. */
export interface Session {
  /** AWS profile for the credentials; undefined when there is one role and no profile was named. */
  readonly profile: string | undefined;
  readonly credentials: AssumedCredentials;
}
