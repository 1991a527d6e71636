import { partitionOf } from '@aws-oidc-assume/shared';
import { parseRoleArn, providerArnFor } from '@aws-oidc-assume/trust-policy';
import { type Check, fail, ok } from './check.ts';

/** Checks that role and region fit, and names the identity provider that AWS will look for. */
export function roleChecks(
  roleArn: string | undefined,
  region: string | undefined,
  issuer: string | undefined,
): Check[] {
  if (roleArn === undefined) return [];
  const name = 'role';
  const partition = parseRoleArn(roleArn)?.partition;
  const ofRegion = region === undefined ? undefined : partitionOf(region);
  if (ofRegion !== undefined && ofRegion !== partition) {
    return [
      fail(
        name,
        `${roleArn} lies in partition ${partition}, the region ${region} in ${ofRegion}`,
        "Use a region of the role's partition.",
      ),
    ];
  }
  if (issuer === undefined) return [];
  return [ok(name, `AWS will look for the identity provider ${providerArnFor(issuer, roleArn)}`)];
}
