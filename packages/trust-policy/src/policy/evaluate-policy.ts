import { coversAction } from './action.ts';
import { evaluateCondition } from './conditions.ts';
import { matchesPattern } from './glob.ts';
import type { AccessRequest, Context, Evaluation, StatementTrace } from './model.ts';
import {
  type NameElement,
  type PolicyDocument,
  parseSessionPolicy,
  parseTrustPolicy,
  type RoleStatement,
  type Statement,
} from './policy-document.ts';
import { expandValue } from './policy-variables.ts';
import { matchPrincipal, type PrincipalMatch } from './principal.ts';
import { type RequestContext, requestContext } from './request-context.ts';

/** A request as IAM sees it when it evaluates a session policy: the caller is given, so there is a resource instead. */
export interface SessionPolicyRequest {
  readonly action: string;
  /** ARN of what the action touches, or `*` for an action on no resource. */
  readonly resource: string;
  readonly context: Context;
}

/**
 * Evaluates a role's trust policy for any principal and action.
 *
 * @param policy untrusted: JSON text, or the object it stands for.
 * @throws PolicySyntaxError where IAM would refuse the policy itself.
 */
export function evaluatePolicy(policy: unknown, request: AccessRequest): Evaluation {
  return evaluateTrustDocument(parseTrustPolicy(policy), request);
}

/** The same for a policy that is already parsed. */
export function evaluateTrustDocument(document: PolicyDocument<RoleStatement>, request: AccessRequest): Evaluation {
  const context = requestContext(request.context, request.action);
  return decide(
    document.statements.map((statement) => {
      const principal = matchPrincipal(statement.principal, request.principal, statement.effect);
      return traceStatement(document, statement, request.action, context, principal);
    }),
  );
}

/**
 * Evaluates a session policy: Action, NotAction, Resource and NotResource with wildcards, and conditions.
 *
 * @throws PolicySyntaxError where IAM would refuse the policy itself, e.g. one with a Principal or without a Resource.
 */
export function evaluateSessionPolicy(policy: unknown, request: SessionPolicyRequest): Evaluation {
  const document = parseSessionPolicy(policy);
  const context = requestContext(request.context, request.action);
  return decide(
    document.statements.map((statement) => {
      const matched = matchesResource(statement.resource, request.resource, context, document, statement);
      // The trace has no field of its own for the resource; where that is what fails, the note says it.
      const trace = traceStatement(document, statement, request.action, context, { matched: true });
      return matched ? trace : { ...trace, matched: false, note: 'the statement is about other resources' };
    }),
  );
}

function traceStatement(
  document: PolicyDocument,
  statement: Statement,
  action: string,
  context: RequestContext,
  principal: PrincipalMatch,
): StatementTrace {
  const actionMatched = coversAction(statement.action, action);
  const conditions = statement.conditions.map((condition) =>
    evaluateCondition(condition, { context, effect: statement.effect, variables: knowsVariables(document) }),
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

/** An explicit Deny wins over any Allow; without either the answer is no (IAM guide, "Policy evaluation logic"). */
function decide(trace: readonly StatementTrace[]): Evaluation {
  const matched = trace.filter((statement) => statement.matched);
  if (matched.some((statement) => statement.effect === 'Deny')) {
    return { decision: 'deny', reason: 'explicit-deny', trace };
  }
  if (matched.length > 0) return { decision: 'allow', reason: 'allowed', trace };
  return { decision: 'deny', reason: 'implicit-deny', trace };
}

function matchesResource(
  element: NameElement,
  resource: string,
  context: RequestContext,
  document: PolicyDocument,
  statement: Statement,
): boolean {
  let unknown = false;
  const variables = knowsVariables(document) ? context : undefined;
  const found = element.patterns.some((pattern) => {
    const expansion = expandValue(pattern, { wildcards: true, variables });
    if (expansion.kind === 'unknown' || expansion.kind === 'unknown-value') unknown = true;
    return expansion.kind === 'pattern' && matchesPattern(expansion.pattern, resource);
  });
  if (!found && unknown) return statement.effect === 'Deny';
  return found !== element.negated;
}

function knowsVariables(document: PolicyDocument): boolean {
  return document.version === '2012-10-17';
}
