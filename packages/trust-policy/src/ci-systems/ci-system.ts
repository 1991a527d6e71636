/** The interface of a CI system's file in this folder. Types only. */
import type { Claims } from '../policy/model.ts';
import type { ScopeFields } from './scope-fields.ts';
import type { SubjectCondition } from './subject-condition.ts';

/** Documented facts about the identity tokens of a CI system. */
export interface ProviderFacts<Id extends string> {
  readonly id: Id;
  /** Display name, e.g. `Bitbucket Pipelines`. */
  readonly name: string;
  /** Issuer URLs, with the variable parts in angle brackets. */
  readonly issuerForms: readonly string[];
  /** Subjects, with the variable parts in angle brackets and optional parts in square brackets. */
  readonly subjectForms: readonly string[];
  /** Value of the `aud` claim, as part of a sentence. */
  readonly audience: string;
  /**
   * Claims that IAM offers as condition keys in addition to the default `sub`, `aud`, `amr`, `email` and `oaud`.
   * Conditions on `<issuer>:` and any other claim never match (Service Authorization Reference for STS).
   */
  readonly conditionClaims: readonly string[];
  /**
   * Whether all customers share one issuer. IAM refuses to store a policy for such an issuer without a condition on the
   * subject. For other issuers only our lint requires it.
   */
  readonly sharedIssuer: boolean;
}

/** Variable parts of a recognised issuer. */
export interface IssuerParts {
  /** Issuer as provider ARNs and condition keys write it: without the scheme. */
  readonly path: string;
  /** Whether it is an emulator on this machine rather than the CI system itself. */
  readonly local: boolean;
  /** Bitbucket: the workspace slug. */
  readonly workspace?: string;
  /** Azure DevOps and CircleCI: the organization id. */
  readonly organizationId?: string;
  /** Azure DevOps service connections on the Microsoft Entra issuer: the tenant id. */
  readonly tenantId?: string;
}

/** Facts that recognise a CI system's tokens and evaluate a policy for them. */
export interface SystemFacts<Id extends string> {
  readonly provider: ProviderFacts<Id>;
  /**
   * Forms of the issuer without scheme; on loopback hosts, those of the emulator. Their named groups are members of
   * IssuerParts. They are anchored and have no nested repetition, so they are safe on untrusted text.
   */
  readonly issuers: readonly RegExp[];
  /**
   * Issuer without scheme that all customers share. IAM refuses to store a trust policy for it without a condition on `sub`
   * (IAM guide, "secure by default" for shared identity providers).
   */
  readonly guardedIssuer?: string;
}

/** The two ways to name a job: the subject of its token, and the scope that a trust policy is generated for. */
export interface JobForms<Subject> {
  /** Parses a `sub` claim. Returns undefined for any other form: some systems let users customise the subject. */
  parseSubject(sub: string): Subject | undefined;
  /** Fields of a scope, without `provider`. */
  readonly scopeFields: readonly string[];
  /** Plans the trust for one scope. Reports missing and wrong fields to `fields`. */
  planTrust(fields: ScopeFields): TrustPlan;
}

/** Provider and conditions for one scope. */
export interface TrustPlan {
  /** Issuer URL. */
  readonly issuer: string;
  readonly audience: string;
  readonly subject: SubjectCondition;
  /** Consequences to know before using the policy, one or two sentences each. */
  readonly notes: readonly string[];
}

/** A mistake in a policy. */
export interface Flaw {
  /** The value in the policy, and what tokens have instead. Part of a sentence. */
  readonly message: string;
  /** Value to write instead of the wrong one, if there is exactly one. */
  readonly replacement?: string;
  /** Full sentences. Required without a replacement; with one they follow it. */
  readonly fix?: string;
}

/** A mistake that keeps a subject in a policy from matching as intended, for any token. */
export interface SubjectFlaw<Id extends string> extends Flaw {
  readonly id: Id;
}

/** A lint rule on the subjects that a policy expects of one CI system. */
export interface SubjectRule {
  readonly id: string;
  /** Default `error`. */
  readonly severity?: 'error' | 'warning' | 'info';
  /** One sentence for the documentation. */
  readonly about: string;
  /** Checks one expected subject. Without it, the rule reports the subject flaw with the same id. */
  check?(expected: string, context: SubjectRuleContext): Flaw | undefined;
}

/** The statement around an expected subject. */
export interface SubjectRuleContext {
  /** Whether the condition compares without regard to case. */
  readonly ignoresCase: boolean;
  /** Whether the condition excludes the subject, with a negated operator. */
  readonly isException: boolean;
  /** Whether `*` and `?` are wildcards in the subject. */
  readonly hasWildcards: boolean;
  /** Audiences that the statement expects. */
  readonly audiences: readonly string[];
}

/** A token's subject and one subject that a policy expects, which do not match. */
export interface SubjectComparison {
  readonly expected: string;
  /** Whether `*` and `?` are wildcards in `expected`. */
  readonly wildcards: boolean;
  /** The token's subject. */
  readonly sub: string;
  readonly claims: Claims;
  /** Id of the flaw of `expected`, if it has one. */
  readonly flaw: string | undefined;
}

/** Difference between a token's subject and an expected one. */
export interface SubjectDifference<Cause extends string> {
  /** `another-owner` for the job of another customer of a shared issuer. */
  readonly cause: Cause | 'other-subject' | 'another-owner';
  /** Continues a sentence that quotes both subjects. Begins with a full stop or a colon and ends with a full stop. */
  readonly detail: string;
  /**
   * Present if the job lacks something that the policy requires, e.g. an environment. Changing the policy would remove
   * that limit.
   */
  readonly jobChange?: JobChange;
}

/** Change of the job that makes its subject the expected one. */
export interface JobChange {
  /** Full sentence. */
  readonly fix: string;
  /** Effect of changing the policy instead: completes "Or, to …". */
  readonly alternative: string;
  /** Present if the change may be impossible, so that it is never proposed alone. */
  readonly mayBeImpossible?: true;
}

/** The levels of a subject, or of a pattern for subjects. Levels that the text does not reach are absent. */
export interface SubjectLevels {
  /** Customer of the CI system, e.g. an organization. */
  readonly owner: string;
  /** Repository, project, pipeline or workspace within the owner. */
  readonly scope?: string;
  /** Circumstances of the run, e.g. a ref or an environment. */
  readonly context?: string;
}

/** Levels of one CI system's subjects. */
export interface LevelForm {
  parse(subject: string): SubjectLevels | undefined;
  /** Finds the context at the end of a pattern whose wildcards span several levels. Its first group is the context. */
  readonly contextAtEnd: RegExp;
  /** Nouns of the first two levels. */
  readonly owner: string;
  readonly scope: string;
  /** Whether an owner that a policy names in full is the token's. Default: the names differ at most in case. */
  isSameOwner?(expected: string, observed: string): boolean;
  /** Difference between two contexts. */
  compareContexts(expected: string, observed: string): ContextDifference;
}

/** Difference between the circumstances that a policy expects and those of the job. */
export interface ContextDifference {
  /** Clause without a full stop. */
  readonly detail: string;
  readonly jobChange: JobChange;
}

/** Claims that show which customer or which repository, project or pipeline a job belongs to. All names in lower case. */
export interface ScopeClaims {
  /** Claims that belong to one owner, with any value. */
  readonly owner?: readonly string[];
  /** Claims that belong to one repository, project or pipeline, with any value. */
  readonly scope?: readonly string[];
  /** Claims that have the owner's name, a slash, and the name of the repository. */
  readonly path?: readonly string[];
}

/** A claim that IAM accepts instead of the subject. */
export interface SubjectSubstitute {
  /** Name in lower case. */
  readonly claim: string;
  /** Plural noun for what the claim's values name. */
  readonly noun: string;
  /** Completes `"*" matches …`. */
  readonly everything: string;
  /** Fix for a value that matches everything. */
  readonly nameOne: string;
  /** Fix for a value with a wildcard before the scope is named in full. */
  readonly nameInFull: string;
  /** Whether a pattern names one scope in full before its first wildcard. */
  namesScope(pattern: string): boolean;
}

/** Knowledge that judges policies for a CI system's tokens. Defaults apply to absent members. */
export interface CiSystem<Cause extends string = never> {
  /**
   * Whether a pattern names one repository, project, pipeline or connection in full.
   *
   * @param pattern has a wildcard or a policy variable
   * @param literal the pattern before the first of them
   */
  namesScope(pattern: string, literal: string, issuer: IssuerParts): boolean;
  /** Pattern for all runs of the same job. Absent, or undefined for a subject that does not change with every run. */
  openPattern?(sub: string): string | undefined;
  /** Jobs that this pattern admits, as a noun phrase. Present with `openPattern`. */
  openJobs?(sub: string): string | undefined;
  /** Whether a subject with `*` or `?` in it can be a token's. Default: it cannot. */
  canHoldWildcard?(subject: string): boolean;

  /** Mistake in an issuer without scheme. `parts` is undefined for an issuer that no CI system has. */
  issuerFlaw?(path: string, parts: IssuerParts | undefined): Flaw | undefined;
  /** Whether a token can have the audience that a policy expects. Default: any, because the job chooses it. */
  canHaveAudience?(expected: string, context: AudienceContext): boolean;
  /** The only audience that tokens of an issuer have. Absent, or undefined if jobs can choose it. */
  fixedAudience?(issuer: IssuerParts): string | undefined;
  /** First mistake to fix in an expected subject. */
  subjectFlaw?(expected: string, issuer: IssuerParts): SubjectFlaw<Cause> | undefined;
  /** Lint rules in the order of the documentation. */
  readonly subjectRules?: readonly SubjectRule[];
  /** Levels of the subjects, to compare two of them. */
  readonly levels?: LevelForm;
  /** Difference between two subjects that the levels do not show. Undefined if quoting both says enough. */
  compareSubjects?(comparison: SubjectComparison): SubjectDifference<Cause> | undefined;
  /**
   * Matches the beginning of a subject that names the owner in full. Present if one issuer has many owners. A claim that a
   * job can write freely must not come first: its text could contain the rest.
   */
  readonly ownerSubject?: RegExp;
  readonly scopeClaims?: ScopeClaims;
  /** Subjects of jobs that have nothing in common, for each kind of subject. A pattern that matches all of a kind is open. */
  readonly unrelatedSubjects?: readonly (readonly string[])[];
  /** Claims that have the owner's name as their value or before a slash, in lower case. */
  readonly ownerNames?: readonly string[];
  readonly subjectSubstitute?: SubjectSubstitute;

  narrowerJob?(sub: string): NarrowerJob | undefined;
  /** Names in the subjects that people change, e.g. `organization or project`. Absent if subjects have ids. */
  readonly renamable?: string;
  /** Fix for a condition on a claim that AWS does not offer as a key. */
  claimNotOfferedFix?(claim: string, token: { readonly issuer: string; readonly sub?: string }): string;
  /** Fix for a token with several audiences. */
  readonly manyAudiencesFix?: string;
}

/** Setting that a job lacks and that a narrower role would require. */
export interface NarrowerJob {
  /** Full sentence: `This step has no "deployment:".` */
  readonly lacks: string;
  /** Change of the job, full sentences. Begins with the case in which it helps. */
  readonly fix: string;
}

/** The condition around an expected audience. */
export interface AudienceContext {
  /** Whether `*` and `?` are wildcards in the audience. */
  readonly wildcards: boolean;
  readonly issuer: IssuerParts;
}
