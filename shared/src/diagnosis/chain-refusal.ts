import type { RoleArn } from '@aws-oidc-assume/trust-policy/arn';
import type { Failure } from '../core/failure.ts';
import { indented } from '../core/text.ts';
import type { Options } from '../options/options.ts';

/** Actions that the trust policy of the next role must allow. Session tags need an action of their own. */
export function chainActions({ chainTags }: Options): [string, ...string[]] {
  const tagged = chainTags.run || Object.keys(chainTags.own).length > 0;
  return tagged ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
}

/** Roles that assume the given one: the one before it in the chain, or all first roles. */
export function rolesBefore(roleArn: string, options: Options): readonly RoleArn[] {
  const link = options.chain[options.chain.findIndex((role) => role.arn === roleArn) - 1];
  return link === undefined ? options.roles.map(({ role }) => role) : [link];
}

/** Changes after a denial in a chain: the next role must trust the one before it. Other failures explain themselves. */
export function chainChanges(failure: Failure, roleArn: string, options: Options): string[] {
  if (failure.code !== 'AccessDenied') return [];
  const before = rolesBefore(roleArn, options);
  const arns = before.map(({ arn }) => arn);
  const [action, ...more] = chainActions(options);
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: arns.length === 1 ? arns[0] : arns },
    Action: more.length === 0 ? action : [action, ...more],
    ...(options.chainExternalId === undefined
      ? {}
      : { Condition: { StringEquals: { 'sts:ExternalId': options.chainExternalId } } }),
  };
  return [
    `${roleArn} must trust ${arns.join(', ')}. This statement in its trust policy does:`,
    indented(JSON.stringify(statement, null, 2)),
    `In another account, ${before.map(({ name }) => name).join(', ')} must also be allowed to call ${[action, ...more].join(' and ')} on it.`,
  ];
}
