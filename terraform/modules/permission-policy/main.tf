locals {
  # A Sid must be unique in its policy, and a permission may be given for several resources.
  s3_sync = flatten([
    for index, item in var.s3_sync : [
      merge(
        {
          Sid      = "ListBucket${index == 0 ? "" : index + 1}"
          Effect   = "Allow"
          Action   = "s3:ListBucket"
          Resource = "arn:${var.partition}:s3:::${item.bucket}"
        },
        item.prefix == null ? {} : {
          Condition = { StringLike = { "s3:prefix" = [item.prefix, "${item.prefix}/*"] } }
        },
      ),
      {
        Sid    = "SyncObjects${index == 0 ? "" : index + 1}"
        Effect = "Allow"
        Action = concat(
          ["s3:AbortMultipartUpload"],
          item.allow_delete ? ["s3:DeleteObject"] : [],
          ["s3:GetObject", "s3:PutObject"],
        )
        Resource = "arn:${var.partition}:s3:::${item.bucket}/${item.prefix == null ? "*" : "${item.prefix}/*"}"
      },
    ]
  ])

  cloudfront_invalidation = [
    for index, id in var.cloudfront_invalidation : {
      Sid      = "InvalidateDistribution${index == 0 ? "" : index + 1}"
      Effect   = "Allow"
      Action   = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
      Resource = "arn:${var.partition}:cloudfront::${var.account}:distribution/${id}"
    }
  ]

  ecr_push = flatten([
    for index, item in var.ecr_push : [
      {
        Sid      = "LogInToRegistry${index == 0 ? "" : index + 1}"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "PushImages${index == 0 ? "" : index + 1}"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = "arn:${var.partition}:ecr:${item.region}:${var.account}:repository/${item.repository}"
      },
    ]
  ])

  cloudformation_deploy = flatten([
    for index, item in var.cloudformation_deploy : [
      {
        Sid    = "DeployStack${index == 0 ? "" : index + 1}"
        Effect = "Allow"
        Action = [
          "cloudformation:CreateChangeSet",
          "cloudformation:DeleteChangeSet",
          "cloudformation:DescribeChangeSet",
          "cloudformation:DescribeStackEvents",
          "cloudformation:DescribeStacks",
          "cloudformation:ExecuteChangeSet",
          "cloudformation:GetTemplateSummary",
        ]
        Resource = "arn:${var.partition}:cloudformation:${item.region}:${var.account}:stack/${item.stack_name}/*"
      },
      {
        Sid       = "PassExecutionRole${index == 0 ? "" : index + 1}"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = item.execution_role_arn
        Condition = { StringEquals = { "iam:PassedToService" = "cloudformation.amazonaws.com" } }
      },
    ]
  ])

  cdk_deploy = [
    for index, item in var.cdk_deploy : {
      Sid    = "AssumeCdkRoles${index == 0 ? "" : index + 1}"
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Resource = [
        for purpose in ["deploy", "file-publishing", "image-publishing", "lookup"] :
        "arn:${var.partition}:iam::${var.account}:role/cdk-${item.qualifier}-${purpose}-role-${var.account}-${item.region}"
      ]
    }
  ]

  statements = concat(
    local.s3_sync,
    local.cloudfront_invalidation,
    local.ecr_push,
    local.cloudformation_deploy,
    local.cdk_deploy,
  )
}
