import { gunzipSync } from 'node:zlib';
import { type SessionRun, sessionRun } from '@aws-oidc-assume/ci-systems';
import { type JsonMembers, members } from '@aws-oidc-assume/shared';
import { UsageError } from '../../cli/usage-error.ts';

/** The parts of a CloudTrail event that identify a run. */
export interface TrailEvent {
  readonly time: string | undefined;
  /** `s3:PutObject` */
  readonly action: string;
  readonly role: string | undefined;
  readonly sessionName: string | undefined;
  readonly run: SessionRun | undefined;
  /** Claim `sub` of the token. Present only in events of the exchange itself. */
  readonly subject: string | undefined;
  readonly sourceIp: string | undefined;
  readonly error: string | undefined;
}

/** Largest trail that is read and unpacked, bytes: far above the size of CloudTrail's log files. */
export const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Reads the events of a log file from S3 (also compressed), of the answer of `aws cloudtrail lookup-events`, or of one
 * event.
 * @throws UsageError for anything else
 */
export function readTrail(bytes: Buffer, name: string): TrailEvent[] {
  const notCloudTrailError = () =>
    new UsageError(`${name} is not a CloudTrail event, a log file, or an answer of aws cloudtrail lookup-events.`);
  let events: JsonMembers[];
  try {
    const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = (compressed ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8');
    events = recordsOf(JSON.parse(text.replace(/^\uFEFF/, ''))).filter((event) => event['eventName'] !== undefined);
  } catch {
    throw notCloudTrailError();
  }
  if (events.length === 0) throw notCloudTrailError();
  return events.map(trailEvent);
}

function recordsOf(value: unknown): JsonMembers[] {
  if (Array.isArray(value)) return value.flatMap(recordsOf);
  const object = members(value);
  if (Array.isArray(object['Records'])) return recordsOf(object['Records']);
  if (Array.isArray(object['Events'])) return recordsOf(object['Events']);
  // lookup-events returns each event as text.
  const inner = object['CloudTrailEvent'];
  return typeof inner === 'string' ? [members(JSON.parse(inner))] : [object];
}

function trailEvent(event: JsonMembers): TrailEvent {
  const identity = members(event['userIdentity']);
  const request = members(event['requestParameters']);
  const exchange = event['eventName'] === 'AssumeRoleWithWebIdentity';
  const { role, sessionName } = exchange
    ? { role: text(request['roleArn']), sessionName: text(request['roleSessionName']) }
    : sessionOf(text(identity['arn']));
  const code = text(event['errorCode']);
  return {
    time: text(event['eventTime']),
    action: `${(text(event['eventSource']) ?? '').replace(/\.amazonaws\.com$/, '')}:${text(event['eventName']) ?? ''}`,
    role,
    sessionName,
    run: sessionName === undefined ? undefined : sessionRun(sessionName),
    subject: exchange ? text(identity['userName']) : undefined,
    sourceIp: text(event['sourceIPAddress']),
    error: code === undefined ? undefined : [code, text(event['errorMessage'])].filter(Boolean).join(': '),
  };
}

function sessionOf(arn: string | undefined): { role: string | undefined; sessionName: string | undefined } {
  const match = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(arn ?? '');
  const [, partition, account, role, sessionName] = match ?? [];
  return {
    role: role === undefined ? undefined : `arn:${partition}:iam::${account}:role/${role}`,
    sessionName,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
