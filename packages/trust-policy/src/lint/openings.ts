import { ciSystem } from '../ci-systems/index.ts';
import { guardedClaim, recogniseIssuer } from '../ci-systems/issuer.ts';
import { type Limit, namesById, subjectSubstitute } from '../ci-systems/owner.ts';
import { type ValueBeginning, type ValueReading, valueBeginning, valuePattern } from '../ci-systems/value-beginning.ts';
import { ANY_RUN, matchesPattern } from '../policy/glob.ts';
import { parseOperator } from '../policy/operators.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import { isClaimOf, isLimited, limits, names, type Place, readingOf, requiresOtherIssuer } from './limits.ts';
import {
  admittingStatements,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  requiresValue,
} from './rule.ts';

/** Way in which a statement admits more jobs than one scope of one owner. */
export type OpeningKind =
  /** No condition requires a value of the claim on which IAM insists. */
  | 'unguarded'
  /** No condition requires a subject of an issuer that belongs to one customer. */
  | 'no-subject'
  /** A value that every job can have. */
  | 'any'
  /** A policy variable that AWS fills from the request itself. */
  | 'variable'
  /** A whole value that names no owner. */
  | 'no-owner'
  /** A wildcard before the owner is named in full. */
  | 'owner-open'
  /** A workflow instead of a subject. Everybody may be able to call it. */
  | 'callers'
  /** A wildcard before the repository, project, pipeline or connection is named in full. */
  | 'wide';

export interface Opening {
  readonly kind: OpeningKind;
  readonly statement: LintedStatement;
  /** Issuer without its scheme. */
  readonly issuer: string;
  /** The value that is open. Absent if a condition is missing. */
  readonly place?: {
    readonly condition: LintedCondition;
    readonly value: string;
    /** Key of the variable, for an opening of that kind. */
    readonly variable?: string;
  };
}

/** Finds the openings of every statement that admits web identities, for each of its issuers. */
export function findOpenings(policy: LintedPolicy): Opening[] {
  return admittingStatements(policy).flatMap((statement) =>
    statement.issuers.flatMap((issuer) => {
      // A token of this issuer never has the claims of another one.
      if (statement.conditions.some((condition) => requiresOtherIssuer(condition, issuer))) return [];
      return guardedClaim(issuer) === undefined
        ? openingsWithinTenant(policy, statement, issuer)
        : openingsAmongCustomers(policy, statement, issuer);
    }),
  );
}

function openingsAmongCustomers(policy: LintedPolicy, statement: LintedStatement, issuer: string): Opening[] {
  if (isLimited('owner', { policy, statement, issuer })) {
    return isMeantWide({ policy, statement, issuer }) ? [] : wideValues({ policy, statement, issuer });
  }
  const guarded = guardedClaim(issuer) ?? 'sub';
  const required = requiredConditions(statement, issuer, guarded);
  const openings = openValues('owner', { policy, statement, issuer }, required);
  const isUnguarded = guarded === 'aud' && openings.some(({ kind }) => kind === 'any');
  return required.length === 0 || isUnguarded ? [{ kind: 'unguarded', statement, issuer }] : openings;
}

function openingsWithinTenant(policy: LintedPolicy, statement: LintedStatement, issuer: string): Opening[] {
  const place = { policy, statement, issuer };
  if (isLimited('scope', place) || isMeantWide(place)) return [];
  const required = requiredConditions(statement, issuer, 'sub');
  if (required.length === 0) return [{ kind: 'no-subject', statement, issuer }];
  return openValues('scope', place, required);
}

/** Whether a value of a literal operator would be open if it were a pattern. */
export function isOpenPattern(
  value: string,
  linted: LintedCondition,
  { policy, statement }: Omit<Place, 'issuer'>,
): boolean {
  const { key, claim } = linted;
  if (key.kind !== 'claim' || (claim !== 'sub' && subjectSubstitute(claim) === undefined)) return false;
  const limit = guardedClaim(key.issuer) === undefined ? 'scope' : 'owner';
  const others = { ...statement, conditions: statement.conditions.filter((other) => other !== linted) };
  const place = { policy, statement: others, issuer: key.issuer };
  const pattern = { ...linted, operator: parseOperator('StringLike') };
  return !isLimited(limit, place) && !names(limit, pattern, value, place);
}

/**
 * Returns the conditions that require the claim of this issuer. Without any, returns those on a claim that IAM accepts
 * in its place.
 */
function requiredConditions({ conditions }: LintedStatement, issuer: string, claim: string): LintedCondition[] {
  const required = conditions.filter((condition) => isClaimOf(condition, issuer) && requiresValue(condition));
  const direct = required.filter((condition) => condition.claim === claim);
  if (direct.length > 0 || claim !== 'sub') return direct;
  return required.filter((condition) => subjectSubstitute(condition.claim) !== undefined);
}

function wideValues(place: Place): Opening[] {
  if (isLimited('scope', place)) return [];
  const { statement, issuer } = place;
  return openValues('scope', place, requiredConditions(statement, issuer, 'sub')).map((opening) => ({
    ...opening,
    kind: 'wide',
  }));
}

/** Whether a claim names the owner by an id. The role is then meant for every scope of that owner. */
function isMeantWide({ policy, statement, issuer }: Place): boolean {
  return statement.conditions.some(
    (condition) =>
      condition.claim !== undefined &&
      namesById('owner', issuer, condition.claim) &&
      limits('owner', condition, { policy, issuer }),
  );
}

/** Returns the values that do not name one owner or scope. */
function openValues(limit: Limit, { policy, statement, issuer }: Place, required: LintedCondition[]): Opening[] {
  return required.flatMap((condition) =>
    condition.condition.values.flatMap((value): Opening[] => {
      if (findPlaceholder(value) !== undefined || names(limit, condition, value, { policy, issuer })) return [];
      const reading = readingOf(condition, policy);
      const beginning = valueBeginning(value, reading);
      const { variable } = beginning;
      const isAny = matchesAnything(value, reading, issuer);
      const place = { condition, value, ...(variable === undefined ? {} : { variable }) };
      return openingKinds(limit, { beginning, isAny, claim: condition.claim }).map((kind) => ({
        kind,
        statement,
        issuer,
        place,
      }));
    }),
  );
}

interface OpenValue {
  readonly beginning: ValueBeginning;
  readonly isAny: boolean;
  readonly claim: string | undefined;
}

function openingKinds(limit: Limit, { beginning, isAny, claim }: OpenValue): OpeningKind[] {
  if (beginning.variable !== undefined) return ['variable'];
  if (isAny) return ['any'];
  if (limit === 'scope') return ['wide'];
  const substitute = subjectSubstitute(claim);
  if (substitute !== undefined && /^[^/]+\//.test(beginning.text)) {
    return substitute.namesScope(beginning.text) ? ['callers'] : ['callers', 'wide'];
  }
  return beginning.isWhole ? ['no-owner'] : ['owner-open'];
}

/** Whether a value has only wildcards and separators, or matches subjects that have nothing in common. */
function matchesAnything(value: string, reading: ValueReading, issuer: string): boolean {
  const pattern = valuePattern(value, reading);
  const isBlank = pattern.every((token) => typeof token === 'symbol' || ':/{}'.includes(token));
  if (isBlank && pattern.includes(ANY_RUN)) return true;
  const system = recogniseIssuer(issuer)?.provider.id;
  const kinds = system === undefined ? [] : (ciSystem(system).unrelatedSubjects ?? []);
  return kinds.some((subjects) => subjects.every((subject) => matchesPattern(pattern, subject)));
}
