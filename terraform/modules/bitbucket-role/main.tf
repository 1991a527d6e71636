locals {
  issuer = trimprefix(var.identity_provider.issuer, "https://")

  # The last part of a subject is the step's UUID, which changes with each run.
  subjects = distinct([
    for scope in var.trust : scope.deployment_environment_uuid == null
    ? "{${lower(trim(scope.repository_uuid, "{}"))}}:*"
    : "{${lower(trim(scope.repository_uuid, "{}"))}}:{${lower(trim(scope.deployment_environment_uuid, "{}"))}}:*"
  ])

  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Federated = var.identity_provider.arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = merge(
          {
            StringEquals = { "${local.issuer}:aud" = var.identity_provider.audience }
            StringLike   = { "${local.issuer}:sub" = local.subject }
          },
          length(var.source_ips) == 0 ? {} : { IpAddress = { "aws:SourceIp" = local.source_ips } },
        )
      },
    ]
  })

  # A list of one value is written as the value.
  subject    = try(one(local.subjects), local.subjects)
  source_ips = try(one(var.source_ips), var.source_ips)

  # Known at plan, unlike the policy for a provider that is created in the same apply.
  has_permissions = anytrue([for items in values(var.permissions) : length(items) > 0])

  # arn:<partition>:iam::<account>:oidc-provider/…
  arn = split(":", var.identity_provider.arn)
}

module "permission_policy" {
  source = "../permission-policy"

  partition               = local.arn[1]
  account                 = local.arn[4]
  s3_sync                 = var.permissions.s3_sync
  cloudfront_invalidation = var.permissions.cloudfront_invalidation
  ecr_push                = var.permissions.ecr_push
  cloudformation_deploy   = var.permissions.cloudformation_deploy
  cdk_deploy              = var.permissions.cdk_deploy
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = var.description
  path                 = var.path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.trust_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  count = local.has_permissions ? 1 : 0

  name   = var.name
  role   = aws_iam_role.this.id
  policy = module.permission_policy.json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.policy_arns

  role       = aws_iam_role.this.name
  policy_arn = each.value
}
