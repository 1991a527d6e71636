#!/bin/sh
# Needs the AWS CLI 2.16 or newer.
set -eu

aws iam create-role \
  --role-name stack-deploy \
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
  --role-name stack-deploy \
  --policy-name stack-deploy \
  --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DeployStack",
      "Effect": "Allow",
      "Action": [
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplateSummary"
      ],
      "Resource": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/*"
    },
    {
      "Sid": "PassExecutionRole",
      "Effect": "Allow",
      "Action": "iam:PassRole",
      "Resource": "arn:aws:iam::123456789012:role/shop-stack-execution",
      "Condition": {
        "StringEquals": {
          "iam:PassedToService": "cloudformation.amazonaws.com"
        }
      }
    }
  ]
}'
