import { evaluatePolicy } from '@aws-oidc-assume/trust-policy';
import * as v from 'valibot';
import { SYSTEM_SETTINGS } from '../ci-systems/index.ts';
import type { JsonObject } from '../json.ts';
import { policyProblem } from '../policy-problem.ts';
import { ANY_OBJECT, FLAG, integer, list, object, oneOf, read, record, type Shape, text } from '../shape.ts';
import type { Account, Configuration, ContextProvider, Role, StsSettings } from './configuration.ts';

/** A request to evaluate while checking a policy's syntax. Its values do not matter. */
const PROBE = { action: 'sts:AssumeRole', principal: { kind: 'AWS', identifiers: [] }, context: {} } as const;

const ROLE: Shape<Role> = object({
  trustPolicy: v.pipe(
    ANY_OBJECT,
    v.check(
      (policy) => refusalOf(policy) === undefined,
      ({ input }) => `would be refused by IAM: ${refusalOf(input)}`,
    ),
  ),
  maxSessionDuration: v.optional(integer({ minimum: 3600, maximum: 43_200, unit: ' seconds, as IAM allows' }), 3600),
  path: v.optional(text(/^\/([\w+=,.@/-]+\/)?$/, 'an IAM path: "/" or "/…/"'), '/'),
  allowAssumeRole: v.optional(FLAG, false),
  allowGetRole: v.optional(FLAG, false),
});

const CLAIM_NAME = text(
  /^(?! )(?!.* $)(?!.* {2})[\p{L}\p{N} _.:/=+\-@#]{1,128}$/u,
  '1 to 128 letters, digits, single spaces and _.:/=+-@#',
);

/** Limits: IAM API reference, ContextProvider and ContextProviderKeyDefinition. */
const CONTEXT_PROVIDER: Shape<ContextProvider> = v.pipe(
  object({
    subjectSourceKey: CLAIM_NAME,
    subjectTypeSourceKey: v.optional(CLAIM_NAME),
    subjectTypeValue: v.optional(oneOf('user', 'workload')),
    keyDefinitionList: v.optional(
      v.pipe(
        list(object({ sourceKey: CLAIM_NAME, targetKey: CLAIM_NAME })),
        v.maxLength(10, 'must have at most 10 entries'),
      ),
      [],
    ),
  }),
  v.check(
    ({ subjectTypeSourceKey, subjectTypeValue }) =>
      subjectTypeSourceKey === undefined || subjectTypeValue === undefined,
    'must have only one of subjectTypeSourceKey and subjectTypeValue',
  ),
);

const ACCOUNT: Shape<Account> = object({
  oidcProviders: v.optional(
    list(
      object({
        url: text(/^(https?:\/\/)?[^\s:?#]+(:\d+)?[^\s?#]*$/, 'an issuer URL'),
        clientIds: v.optional(list(text()), []),
        contextProvider: v.optional(CONTEXT_PROVIDER),
      }),
    ),
    [],
  ),
  roles: v.optional(
    record({ pattern: /^[\w+=,.@-]{1,64}$/, description: 'a role name of 1 to 64 letters, digits and +=,.@-_' }, ROLE),
    {},
  ),
});

const STS: Shape<StsSettings> = object({ messages: v.optional(oneOf('current', 'old'), 'current') });

const CONFIGURATION: Shape<Configuration> = object({
  accounts: v.optional(record({ pattern: /^\d{12}$/, description: 'an AWS account id of 12 digits' }, ACCOUNT)),
  ...SYSTEM_SETTINGS,
  sts: v.nullish(STS, {}),
});

/**
 * Checks the configuration and fills in its defaults.
 * @throws ShapeError naming the path of the first problem
 */
export function readConfiguration(json: unknown): Configuration {
  return read(CONFIGURATION, json);
}

/** Why IAM would refuse to store the policy; undefined if it would store it. */
function refusalOf(policy: JsonObject): string | undefined {
  return policyProblem(() => evaluatePolicy(policy, PROBE))?.message;
}
