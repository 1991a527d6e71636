mock_provider "aws" {}

variables {
  name = "site-deploy"
  identity_provider = {
    arn      = "arn:aws:iam::123456789012:oidc-provider/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    issuer   = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    audience = "ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"
  }
  trust = [{ repository_uuid = "{B5C1D0F2-8E34-4C43-A1F7-5D9B7C2E4A22}" }]
}

run "trusts_one_repository" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:aud" = "ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"
      }
      StringLike = {
        "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:sub" = "{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:*"
      }
    }
    error_message = "The trust policy is not that of the repository."
  }

  assert {
    condition     = length(aws_iam_role_policy.this) == 0
    error_message = "There is an inline policy without a permission."
  }
}

run "trusts_several_repositories_and_environments" {
  command = plan

  variables {
    trust = [
      { repository_uuid = "b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22", deployment_environment_uuid = "{3c2b1a09-8f7e-4d6c-9b5a-493827160544}" },
      { repository_uuid = "9c6a3c1e-7c1c-4b8a-9c36-0d8e2f4a6b13" },
    ]
    source_ips = ["203.0.113.0/24"]
  }

  assert {
    condition = jsondecode(output.trust_policy).Statement[0].Condition.StringLike == {
      "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:sub" = [
        "{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:{3c2b1a09-8f7e-4d6c-9b5a-493827160544}:*",
        "{9c6a3c1e-7c1c-4b8a-9c36-0d8e2f4a6b13}:*",
      ]
    }
    error_message = "The subjects are not those of the scopes."
  }

  assert {
    condition     = jsondecode(output.trust_policy).Statement[0].Condition.IpAddress == { "aws:SourceIp" = "203.0.113.0/24" }
    error_message = "The addresses are not limited."
  }
}

run "allows_what_is_named" {
  command = plan

  variables {
    permissions = {
      s3_sync                 = [{ bucket = "acme-site" }]
      cloudfront_invalidation = ["E1EXAMPLE2SITE"]
    }
    policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this[0].policy).Statement[*].Resource == [
      "arn:aws:s3:::acme-site",
      "arn:aws:s3:::acme-site/*",
      "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE2SITE",
    ]
    error_message = "The permissions are not on the named resources."
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.this) == 1
    error_message = "The managed policy is not attached."
  }
}

run "follows_the_partition_of_the_provider" {
  command = plan

  variables {
    identity_provider = {
      arn      = "arn:aws-cn:iam::210987654321:oidc-provider/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
      issuer   = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
      audience = "ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"
    }
    permissions = { ecr_push = [{ region = "cn-north-1", repository = "shop" }] }
  }

  assert {
    condition     = jsondecode(output.permission_policy).Statement[1].Resource == "arn:aws-cn:ecr:cn-north-1:210987654321:repository/shop"
    error_message = "The permissions are for another partition or account."
  }
}

run "refuses_no_scope" {
  command = plan

  variables {
    trust = []
  }

  expect_failures = [var.trust]
}

run "refuses_any_repository" {
  command = plan

  variables {
    trust = [{ repository_uuid = "*" }]
  }

  expect_failures = [var.trust]
}

run "refuses_an_environment_by_its_name" {
  command = plan

  variables {
    trust = [{ repository_uuid = "b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22", deployment_environment_uuid = "production" }]
  }

  expect_failures = [var.trust]
}

run "refuses_the_provider_of_another_system" {
  command = plan

  variables {
    identity_provider = {
      arn      = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
      issuer   = "https://gitlab.com"
      audience = "https://gitlab.com"
    }
  }

  expect_failures = [var.identity_provider]
}

run "refuses_wrong_limits" {
  command = plan

  variables {
    name                 = "site deploy"
    max_session_duration = 900
    source_ips           = ["somewhere"]
  }

  expect_failures = [var.name, var.max_session_duration, var.source_ips]
}
