locals {
  issuer   = "https://vstoken.dev.azure.com/${lower(trim(var.organization_id, "{}"))}"
  audience = "api://AzureADTokenExchange"
  arn      = var.create ? aws_iam_openid_connect_provider.this[0].arn : data.aws_iam_openid_connect_provider.this[0].arn
}

# No thumbprint: AWS trusts the certificates of this host.
resource "aws_iam_openid_connect_provider" "this" {
  count = var.create ? 1 : 0

  url            = local.issuer
  client_id_list = [local.audience]
  tags           = var.tags
}

data "aws_iam_openid_connect_provider" "this" {
  count = var.create ? 0 : 1

  url = local.issuer

  lifecycle {
    postcondition {
      condition     = contains(self.client_id_list, local.audience)
      error_message = "The provider of this account does not accept the audience ${local.audience}. Add it to the provider's client IDs."
    }
  }
}
