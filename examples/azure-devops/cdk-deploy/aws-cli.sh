#!/bin/sh
# Needs the AWS CLI 2.16 or newer.
set -eu

aws iam create-role \
  --role-name cdk-deploy \
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
  --role-name cdk-deploy \
  --policy-name cdk-deploy \
  --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AssumeCdkRoles",
      "Effect": "Allow",
      "Action": "sts:AssumeRole",
      "Resource": [
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-eu-west-1",
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-file-publishing-role-123456789012-eu-west-1",
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-image-publishing-role-123456789012-eu-west-1",
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-lookup-role-123456789012-eu-west-1"
      ]
    }
  ]
}'
