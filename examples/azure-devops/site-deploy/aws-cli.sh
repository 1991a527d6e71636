#!/bin/sh
# Needs the AWS CLI 2.16 or newer.
set -eu

aws iam create-open-id-connect-provider \
  --url https://vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55 \
  --client-id-list '["api://AzureADTokenExchange"]'

aws iam create-role \
  --role-name site-deploy \
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
          "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:sub": "sc://acme/shop/aws-deploy"
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
