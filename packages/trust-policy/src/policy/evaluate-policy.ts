import { coversAction } from './action.ts';
import { evaluateCondition } from './conditions.ts';
import { matchesPattern } from './glob.ts';
import type { AccessRequest, Context, Evaluation, StatementTrace } from './model.ts';
import {
  type PolicyDocument,
  parseSessionPolicy,
  parseTrustPolicy,
  type RoleStatement,
  type SessionStatement,
  type Statement,
} from './policy-document.ts';
import { expandValue } from './policy-variables.ts';
import { matchPrincipal, type PrincipalMatch } from './principal.ts';
import { type RequestContext, requestContext } from './request-context.ts';

/**
 * A request as IAM evaluates it against a session policy. The caller is fixed, so the request has a resource instead.
 */
export interface SessionPolicyRequest {
  readonly action: string;
  /** ARN of the action's resource, or `*` for an action without one. */
  readonly resource: string;
  readonly context: Context;
}

/**
 * Evaluates a role's trust policy for any principal and action.
 *
 * @param policy untrusted: JSON text, or the object it stands for.
 * @throws PolicySyntaxError if IAM would refuse the policy itself.
 */
export function evaluatePolicy(policy: unknown, request: AccessRequest): Evaluation {
  return evaluateTrustDocument(parseTrustPolicy(policy), request);
}

/** Evaluates a trust policy that is already parsed. */
export function evaluateTrustDocument(document: PolicyDocument<RoleStatement>, request: AccessRequest): Evaluation {
  const call = policyCall(document, request);
  return decide(
    document.statements.map((statement) =>
      traceStatement(statement, matchPrincipal(statement.principal, request.principal, statement.effect), call),
    ),
  );
}

/**
 * Evaluates a session policy: Action, NotAction, Resource and NotResource with wildcards, and conditions.
 *
 * @throws PolicySyntaxError if IAM would refuse the policy itself, e.g. one with a Principal or without a Resource.
 */
export function evaluateSessionPolicy(policy: unknown, request: SessionPolicyRequest): Evaluation {
  const document = parseSessionPolicy(policy);
  const call = policyCall(document, request);
  return decide(
    document.statements.map((statement) => {
      const trace = traceStatement(statement, { matched: true }, call);
      // The trace has no field for the resource, so the note reports a resource that does not match.
      return matchesResource(statement, request.resource, call)
        ? trace
        : { ...trace, matched: false, note: 'the statement is about other resources' };
    }),
  );
}

/** A request in the language of one policy. */
interface PolicyCall {
  readonly action: string;
  readonly context: RequestContext;
  /** Whether the policy's version has policy variables. */
  readonly hasVariables: boolean;
}

function policyCall({ version }: PolicyDocument, request: Pick<AccessRequest, 'action' | 'context'>): PolicyCall {
  const { action } = request;
  return { action, context: requestContext(request.context, action), hasVariables: version === '2012-10-17' };
}

function traceStatement(
  statement: Statement,
  principal: PrincipalMatch,
  { action, context, hasVariables }: PolicyCall,
): StatementTrace {
  const actionMatched = coversAction(statement.action, action);
  const conditions = statement.conditions.map((condition) =>
    evaluateCondition(condition, { context, effect: statement.effect, variables: hasVariables }),
  );
  return {
    path: statement.path,
    ...(statement.sid === undefined ? {} : { sid: statement.sid }),
    effect: statement.effect,
    principalMatched: principal.matched,
    actionMatched,
    conditions,
    matched: principal.matched && actionMatched && conditions.every((condition) => condition.matched),
    ...(principal.note === undefined ? {} : { note: principal.note }),
  };
}

/** Returns the decision: an explicit Deny wins, and no match is a deny (IAM guide, "Policy evaluation logic"). */
function decide(trace: readonly StatementTrace[]): Evaluation {
  const matched = trace.filter((statement) => statement.matched);
  if (matched.some((statement) => statement.effect === 'Deny')) {
    return { decision: 'deny', reason: 'explicit-deny', trace };
  }
  if (matched.length > 0) return { decision: 'allow', reason: 'allowed', trace };
  return { decision: 'deny', reason: 'implicit-deny', trace };
}

function matchesResource(
  { resource: element, effect }: SessionStatement,
  resource: string,
  { context, hasVariables }: PolicyCall,
): boolean {
  const variables = hasVariables ? context : undefined;
  let isUnknown = false;
  const isListed = element.patterns.some((pattern) => {
    const expansion = expandValue(pattern, { wildcards: true, variables });
    if (expansion.kind === 'unknown' || expansion.kind === 'unknown-value') isUnknown = true;
    return expansion.kind === 'pattern' && matchesPattern(expansion.pattern, resource);
  });
  if (!isListed && isUnknown) return effect === 'Deny';
  return isListed !== element.negated;
}
