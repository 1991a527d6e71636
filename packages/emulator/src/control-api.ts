import type { Clock } from './clock.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import { faultRules } from './faults/fault-rule.ts';
import type { Incoming } from './http/incoming.ts';
import { emptyReply, jsonReply, type Reply } from './http/reply.ts';
import type { Journal } from './journal.ts';
import type { SecretLedger } from './secret-ledger.ts';
import { integer, object, ShapeError } from './shape.ts';
import { isoSeconds, type Session, type Sessions } from './sts/sessions.ts';

interface Parts {
  readonly journal: Journal;
  readonly faults: FaultDesk;
  readonly clock: Clock;
  readonly secrets: SecretLedger;
  readonly sessions: Sessions;
}

type Action = (body: unknown, parts: Parts) => Reply;

const century = 100 * 365 * 86_400;
const clockChange = object({ advanceSeconds: integer(-century, century, ' seconds') });
const faultList = object({ faults: faultRules });

const actions: Readonly<Record<string, Action>> = {
  'GET requests': (_, { journal }) => jsonReply(200, { requests: journal.entries() }),
  'DELETE requests': (_, { journal }) => {
    journal.clear();
    return emptyReply(204);
  },
  'GET faults': (_, { faults }) => jsonReply(200, { faults: faults.rules() }),
  'PUT faults': (body, { faults }) => {
    faults.replace(faultList(body, '').faults);
    return emptyReply(204);
  },
  'DELETE faults': (_, { faults }) => {
    faults.replace([]);
    return emptyReply(204);
  },
  'GET clock': (_, { clock }) => clockReply(clock),
  'POST clock': (body, { clock }) => {
    clock.advance(clockChange(body, '').advanceSeconds);
    return clockReply(clock);
  },
  'GET secrets': (_, { secrets }) => jsonReply(200, { secrets: secrets.all() }),
  'GET sessions': (_, { sessions, clock }) =>
    jsonReply(200, { sessions: sessions.all().map((session) => describe(session, clock)) }),
};

/** What a test may ask of the emulator and tell it, below `/control/`. */
export function control(request: Incoming, name: string, parts: Parts): Promise<Reply> | Reply {
  const action = actions[`${request.method} ${name}`];
  if (action === undefined) {
    return jsonReply(404, { message: `Known here: ${Object.keys(actions).join(', ')}.` });
  }
  return answerJson(request, (body) => action(body, parts));
}

/** Reads the body as JSON, where there is one; 400 with the path of what is wrong with it. */
export async function answerJson(request: Incoming, answer: (body: unknown) => Reply | Promise<Reply>): Promise<Reply> {
  let body: unknown;
  try {
    body = request.body.length === 0 ? undefined : JSON.parse(request.body.toString('utf8'));
  } catch {
    return jsonReply(400, { message: 'The body is not JSON.' });
  }
  try {
    return await answer(body);
  } catch (error) {
    if (error instanceof ShapeError) return jsonReply(400, { message: error.message });
    throw error;
  }
}

function clockReply(clock: Clock): Reply {
  return jsonReply(200, { now: isoSeconds(clock.now()), offsetSeconds: clock.offset() });
}

/** Everything about a session that is no secret. */
function describe(session: Session, clock: Clock) {
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
