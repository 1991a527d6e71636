import type { RoleArn } from '@aws-oidc-assume/trust-policy/arn';
import type { Advice } from '../core/failure.ts';
import { indented } from '../core/text.ts';
import type { Options } from '../options/options.ts';

/** Actions that the trust policy of the next role must allow. Session tags need a separate action. */
export function chainActions({ chainTags }: Options): [string, ...string[]] {
  const tagged = chainTags.run || Object.keys(chainTags.own).length > 0;
  return tagged ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
}

/** Roles that assume the given one: the previous one in the chain, or all first roles. */
export function rolesBefore(roleArn: string, options: Options): readonly RoleArn[] {
  const link = options.chain[options.chain.findIndex((role) => role.arn === roleArn) - 1];
  return link === undefined ? options.roles.map(({ role }) => role) : [link];
}

/** Advice after a denial in a chain: the next role must trust the previous one. */
export function chainAdvice(roleArn: string, options: Options): Advice {
  const before = rolesBefore(roleArn, options);
  const arns = before.map(({ arn }) => arn);
  const [action, ...more] = chainActions(options);
  const actions = [action, ...more].join(' and ');
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: arns.length === 1 ? arns[0] : arns },
    Action: more.length === 0 ? action : [action, ...more],
    ...(options.chainExternalId === undefined
      ? {}
      : { Condition: { StringEquals: { 'sts:ExternalId': options.chainExternalId } } }),
  };
  return {
    cause: `AWS refused to let ${arns.join(', ')} assume the next role of the chain: its trust policy does not match, or the role does not exist.`,
    changes: [
      `Add this statement to the trust policy of ${roleArn}:`,
      indented(JSON.stringify(statement)),
      `If it is in another account, also allow ${before.map(({ name }) => name).join(', ')} to call ${actions} on it.`,
    ],
  };
}
