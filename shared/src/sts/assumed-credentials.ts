import { inspect } from 'node:util';
import { accountOfArn } from '../aws/role-arn.ts';
import { Secret } from '../core/secret.ts';

/** Temporary credentials of an assumed role, as AWS STS answered, and what is known of how they were obtained. */
export class AssumedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly expiration: Date;
  /** `arn:<partition>:sts::<account>:assumed-role/<role>/<session name>` */
  readonly assumedRoleArn: string;
  /** Twelve digits, read from `assumedRoleArn`: from AWS's answer, not from what was asked. */
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
