resource "aws_iam_openid_connect_provider" "azure_devops" {
  url            = "https://vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55"
  client_id_list = ["api://AzureADTokenExchange"]
}

resource "aws_iam_role" "site_deploy" {
  name                 = "site-deploy"
  description          = "Assumed by Azure DevOps through OpenID Connect"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = aws_iam_openid_connect_provider.azure_devops.arn
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:aud" = "api://AzureADTokenExchange"
            "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:sub" = "sc://acme/shop/aws-deploy"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "site_deploy" {
  name = "site-deploy"
  role = aws_iam_role.site_deploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ListBucket"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::acme-site"
      },
      {
        Sid    = "SyncObjects"
        Effect = "Allow"
        Action = [
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:GetObject",
          "s3:PutObject",
        ]
        Resource = "arn:aws:s3:::acme-site/*"
      },
      {
        Sid    = "InvalidateDistribution"
        Effect = "Allow"
        Action = [
          "cloudfront:CreateInvalidation",
          "cloudfront:GetInvalidation",
        ]
        Resource = "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE2SITE"
      },
    ]
  })
}

output "site_deploy_role_arn" {
  description = "The role for the CI job to assume"
  value       = aws_iam_role.site_deploy.arn
}
