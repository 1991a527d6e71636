import { block, Expression, JsonEncode } from './hcl.ts';
import { type TemplateRequest, template } from './template.ts';

/**
 * Writes Terraform configuration, formatted as `terraform fmt` does: the same text for the same input. Resources are named
 * after the role, so that several configurations fit into one root module.
 *
 * @throws ScopeError naming every field that is wrong.
 */
export function renderTerraform(request: TemplateRequest): string {
  const { trust, roleName, description, maxSessionDuration, permissions, createProvider } = template(request);
  const name = identifier(roleName);
  const providerName = identifier(trust.provider);
  const federated = createProvider
    ? new Expression(`aws_iam_openid_connect_provider.${providerName}.arn`)
    : trust.providerArn;
  const trustPolicy = {
    ...trust.trustPolicy,
    Statement: trust.trustPolicy.Statement.map((statement) => ({ ...statement, Principal: { Federated: federated } })),
  };
  const blocks = [
    ...(createProvider
      ? [
          block(`resource "aws_iam_openid_connect_provider" "${providerName}"`, [
            { url: trust.providerUrl, client_id_list: trust.clientIds },
          ]),
        ]
      : []),
    block(`resource "aws_iam_role" "${name}"`, [
      { name: roleName, description, max_session_duration: maxSessionDuration },
      { assume_role_policy: new JsonEncode(trustPolicy) },
    ]),
    ...(permissions === undefined
      ? []
      : [
          block(`resource "aws_iam_role_policy" "${name}"`, [
            { name: roleName, role: new Expression(`aws_iam_role.${name}.id`) },
            { policy: new JsonEncode(permissions) },
          ]),
        ]),
    block(`output "${name}_role_arn"`, [
      { description: 'The role for the CI job to assume', value: new Expression(`aws_iam_role.${name}.arn`) },
    ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** A name of Terraform for a role or a CI system. Role names may begin with a digit and have characters that HCL lacks. */
function identifier(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

/** Account and region of a Terraform configuration. */
export interface TerraformProvider {
  /** Twelve digits. Terraform refuses credentials of another account. */
  readonly account: string;
  readonly region: string;
}

/** Writes the versions and the AWS provider of a root module, which it may have only once. */
export function renderTerraformProvider({ account, region }: TerraformProvider): string {
  return `terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Releases before December 2024 demand a thumbprint, which these issuers do not need.
      version = ">= 5.82"
    }
  }
}

${block('provider "aws"', [{ region, allowed_account_ids: [account] }])}
`;
}
