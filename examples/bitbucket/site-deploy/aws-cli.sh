#!/bin/sh
# Needs the AWS CLI 2.16 or newer.
set -eu

aws iam create-open-id-connect-provider \
  --url https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc \
  --client-id-list '["ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"]'

aws iam create-role \
  --role-name site-deploy \
  --description 'Assumed by Bitbucket Pipelines through OpenID Connect' \
  --max-session-duration 3600 \
  --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:aud": "ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"
        },
        "StringLike": {
          "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:sub": "{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:{3c2b1a09-8f7e-4d6c-9b5a-493827160544}:*"
        }
      }
    }
  ]
}'

aws iam put-role-policy \
  --role-name site-deploy \
  --policy-name site-deploy \
  --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ListBucket",
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::acme-site"
    },
    {
      "Sid": "SyncObjects",
      "Effect": "Allow",
      "Action": [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "arn:aws:s3:::acme-site/*"
    },
    {
      "Sid": "InvalidateDistribution",
      "Effect": "Allow",
      "Action": [
        "cloudfront:CreateInvalidation",
        "cloudfront:GetInvalidation"
      ],
      "Resource": "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE2SITE"
    }
  ]
}'
