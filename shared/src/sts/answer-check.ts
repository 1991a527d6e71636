import { parseRoleArn } from '@aws-oidc-assume/trust-policy/arn';
import type { AssumedCredentials } from './assumed-credentials.ts';

/** Request that an answer belongs to. */
export interface Question {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Seconds. */
  readonly durationSeconds: number;
}

/** Tolerated difference between the clocks of this machine and of AWS, milliseconds. */
const CLOCK_SKEW = 15 * 60 * 1000;

/** STS API reference, Credentials: 16 to 128 word characters; AWS uses capitals and digits. */
const KEY_ID = /^[A-Z\d]{16,128}$/;
/** Base64, including its URL form. */
const SECRET = /^[A-Za-z\d+/=_-]+$/;

/**
 * Compares credentials with the request. They become environment variables, files and commands. An endpoint that
 * answers with other credentials could make the job work in somebody else's account.
 *
 * @returns undefined if they match; otherwise the reason, without a secret, as a sentence part after "the answer"
 */
export function answerProblem(credentials: AssumedCredentials, question: Question, now: Date): string | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, assumedRoleArn } = credentials;
  if (!KEY_ID.test(accessKeyId)) return 'holds an access key id that AWS never gives';
  if (!SECRET.test(secretAccessKey.reveal())) return 'holds a secret access key that AWS never gives';
  if (!SECRET.test(sessionToken.reveal())) return 'holds a session token that AWS never gives';
  if (!isSessionOf(assumedRoleArn, question)) return `holds credentials of ${assumedRoleArn}, which was not asked for`;
  const lifetime = expiration.getTime() - now.getTime();
  const until = expiration.toISOString();
  if (lifetime <= 0) return `holds credentials that expired at ${until} by the clock of this machine`;
  if (lifetime > question.durationSeconds * 1000 + CLOCK_SKEW) {
    return `holds credentials that are valid until ${until}, longer than the ${question.durationSeconds} s asked for, by the clock of this machine`;
  }
  return undefined;
}

/** Whether `arn:…:assumed-role/<role>/<session>` is the session of the role. IAM compares role names without case. */
function isSessionOf(assumedRoleArn: string, { roleArn, sessionName }: Question): boolean {
  const role = parseRoleArn(roleArn);
  if (role === undefined) return false;
  const prefix = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/`;
  return (
    assumedRoleArn.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase() &&
    assumedRoleArn.slice(prefix.length) === sessionName
  );
}
