resource "aws_iam_role" "image_push" {
  name                 = "image-push"
  description          = "Assumed by Bitbucket Pipelines through OpenID Connect"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::123456789012:oidc-provider/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:aud" = "ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"
          }
          StringLike = {
            "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:sub" = "{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:*"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "image_push" {
  name = "image-push"
  role = aws_iam_role.image_push.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LogInToRegistry"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "PushImages"
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
        Resource = "arn:aws:ecr:eu-west-1:123456789012:repository/acme/shop"
      },
    ]
  })
}

output "image_push_role_arn" {
  description = "The role for the CI job to assume"
  value       = aws_iam_role.image_push.arn
}
