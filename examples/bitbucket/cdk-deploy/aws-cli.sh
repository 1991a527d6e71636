#!/bin/sh
# Needs the AWS CLI 2.16 or newer.
set -eu

aws iam create-role \
  --role-name cdk-deploy \
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
