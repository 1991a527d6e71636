#!/bin/sh
# Needs the AWS CLI 2.16 or newer.
set -eu

aws iam create-role \
  --role-name image-push \
  --description 'Assumed by Azure DevOps through OpenID Connect' \
  --max-session-duration 3600 \
  --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:aud": "api://AzureADTokenExchange",
          "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:sub": "p://acme/shop/image-push"
        }
      }
    }
  ]
}'

aws iam put-role-policy \
  --role-name image-push \
  --policy-name image-push \
  --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "LogInToRegistry",
      "Effect": "Allow",
      "Action": "ecr:GetAuthorizationToken",
      "Resource": "*"
    },
    {
      "Sid": "PushImages",
      "Effect": "Allow",
      "Action": [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart"
      ],
      "Resource": "arn:aws:ecr:eu-west-1:123456789012:repository/acme/shop"
    }
  ]
}'
