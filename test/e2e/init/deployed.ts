/** Account of the emulator after the generated CloudFormation template is deployed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { deployedResources } from '../../../packages/trust-policy/test/deployed-template.ts';

export const ACCOUNT = '123456789012';

interface Provider {
  readonly Url: string;
  readonly ClientIdList: readonly string[];
}

interface Role {
  readonly RoleName: string;
  readonly MaxSessionDuration: number;
  readonly AssumeRolePolicyDocument: unknown;
}

/** Evaluates `aws/cloudformation.yaml` below a folder. @returns the emulator's configuration of the account */
export function deployedAccounts(folder: string): object {
  const template = parse(readFileSync(path.join(folder, 'aws/cloudformation.yaml'), 'utf8'));
  const url: string = template.Resources.IdentityProvider.Properties.Url;
  const providerArn = `arn:aws:iam::${ACCOUNT}:oidc-provider/${url.replace('https://', '')}`;
  const resources = deployedResources(template, { account: ACCOUNT, partition: 'aws', providerArn });
  const provider = resources['IdentityProvider'] as Provider;
  const role = resources['Role'] as Role;
  return {
    [ACCOUNT]: {
      oidcProviders: [{ url: provider.Url, clientIds: provider.ClientIdList }],
      roles: {
        [role.RoleName]: { trustPolicy: role.AssumeRolePolicyDocument, maxSessionDuration: role.MaxSessionDuration },
      },
    },
  };
}
