import type { Clock } from './clock.ts';
import type { FaultInjector } from './faults/fault-injector.ts';
import { FAULT_LIST } from './faults/fault-rule.ts';
import type { Incoming } from './http/incoming.ts';
import { answerJson } from './http/json-body.ts';
import { emptyReply, jsonReply, type Reply } from './http/reply.ts';
import type { Journal } from './journal.ts';
import type { SecretLedger } from './secret-ledger.ts';
import { integer, object, read } from './shape.ts';
import { isoSeconds, type Session, type Sessions } from './sts/sessions.ts';

export interface ControlParts {
  readonly journal: Journal;
  readonly faults: FaultInjector;
  readonly clock: Clock;
  readonly secrets: SecretLedger;
  readonly sessions: Sessions;
}

type Action = (body: unknown, parts: ControlParts) => Reply;

const CENTURY = 100 * 365 * 86_400;
const CLOCK_CHANGE = object({ advanceSeconds: integer({ minimum: -CENTURY, maximum: CENTURY, unit: ' seconds' }) });

const ACTIONS: Readonly<Record<string, Action>> = {
  'GET requests': (_, { journal }) => jsonReply(200, { requests: journal.entries() }),
  'DELETE requests': (_, { journal }) => {
    journal.clear();
    return emptyReply(204);
  },
  'GET faults': (_, { faults }) => jsonReply(200, { faults: faults.rules() }),
  'PUT faults': (body, { faults }) => {
    faults.replace(read(FAULT_LIST, body).faults);
    return emptyReply(204);
  },
  'DELETE faults': (_, { faults }) => {
    faults.replace([]);
    return emptyReply(204);
  },
  'GET clock': (_, { clock }) => clockReply(clock),
  'POST clock': (body, { clock }) => {
    clock.advance(read(CLOCK_CHANGE, body).advanceSeconds);
    return clockReply(clock);
  },
  'GET secrets': (_, { secrets }) => jsonReply(200, { secrets: secrets.all() }),
  'GET sessions': (_, { sessions, clock }) =>
    jsonReply(200, { sessions: sessions.all().map((session) => sessionView(session, clock)) }),
};

/** Answers a test's request below `/control/`. */
export function control(request: Incoming, name: string, parts: ControlParts): Promise<Reply> | Reply {
  const action = ACTIONS[`${request.method} ${name}`];
  if (action === undefined) {
    return jsonReply(404, { message: `Unknown action. Known: ${Object.keys(ACTIONS).join(', ')}.` });
  }
  return answerJson(request, (body) => action(body, parts));
}

function clockReply(clock: Clock): Reply {
  return jsonReply(200, { now: isoSeconds(clock.now()), offsetSeconds: clock.offset() });
}

/** A session without its secrets. */
function sessionView(session: Session, clock: Clock) {
  const { action, arn, userId, accessKeyId, durationSeconds, policy, policyArns, tags, transitiveTagKeys } = session;
  return {
    action,
    arn,
    userId,
    accessKeyId,
    roleArn: session.role.arn,
    durationSeconds,
    expiration: isoSeconds(session.expires),
    expired: clock.now() >= session.expires,
    policy,
    policyArns,
    tags,
    transitiveTagKeys,
    sourceIdentity: session.sourceIdentity,
  };
}
