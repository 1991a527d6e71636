resource "aws_iam_role" "cdk_deploy" {
  name                 = "cdk-deploy"
  description          = "Assumed by Azure DevOps through OpenID Connect"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::123456789012:oidc-provider/vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55"
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

resource "aws_iam_role_policy" "cdk_deploy" {
  name = "cdk-deploy"
  role = aws_iam_role.cdk_deploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "AssumeCdkRoles"
        Effect = "Allow"
        Action = "sts:AssumeRole"
        Resource = [
          "arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-eu-west-1",
          "arn:aws:iam::123456789012:role/cdk-hnb659fds-file-publishing-role-123456789012-eu-west-1",
          "arn:aws:iam::123456789012:role/cdk-hnb659fds-image-publishing-role-123456789012-eu-west-1",
          "arn:aws:iam::123456789012:role/cdk-hnb659fds-lookup-role-123456789012-eu-west-1",
        ]
      },
    ]
  })
}

output "cdk_deploy_role_arn" {
  description = "The role for the CI job to assume"
  value       = aws_iam_role.cdk_deploy.arn
}
