mock_provider "aws" {}

variables {
  name = "site-deploy"
  identity_provider = {
    arn          = "arn:aws:iam::123456789012:oidc-provider/vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55"
    issuer       = "https://vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55"
    audience     = "api://AzureADTokenExchange"
    organization = "acme"
  }
  trust = [{ project = "shop", service_connection = "aws-deploy" }]
}

run "trusts_one_service_connection" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:aud" = "api://AzureADTokenExchange"
        "vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:sub" = "sc://acme/shop/aws-deploy"
      }
    }
    error_message = "The trust policy is not that of the service connection."
  }
}

run "trusts_several_connections_and_pipelines" {
  command = plan

  variables {
    trust = [
      { project = "shop", service_connection = "aws-deploy" },
      { project = "my site", pipeline = "$${deploy}" },
    ]
  }

  assert {
    condition = jsondecode(output.trust_policy).Statement[0].Condition.StringEquals["vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55:sub"] == [
      "sc://acme/shop/aws-deploy",
      "p://acme/my site/$${$}{deploy}",
    ]
    error_message = "The subjects are not those of the scopes, or a name is taken for a policy variable."
  }
}

run "allows_what_is_named" {
  command = plan

  variables {
    permissions = {
      cloudformation_deploy = [{ region = "eu-west-1", stack_name = "shop", execution_role_arn = "arn:aws:iam::123456789012:role/shop" }]
    }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this[0].policy).Statement[0].Resource == "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/*"
    error_message = "The permissions are not on the named stack."
  }
}

run "refuses_no_scope" {
  command = plan

  variables {
    trust = []
  }

  expect_failures = [var.trust]
}

run "refuses_a_scope_without_connection_and_pipeline" {
  command = plan

  variables {
    trust = [{ project = "shop" }]
  }

  expect_failures = [var.trust]
}

run "refuses_a_scope_with_connection_and_pipeline" {
  command = plan

  variables {
    trust = [{ project = "shop", service_connection = "aws-deploy", pipeline = "deploy" }]
  }

  expect_failures = [var.trust]
}

run "refuses_any_connection" {
  command = plan

  variables {
    trust = [{ project = "shop", service_connection = "*" }]
  }

  expect_failures = [var.trust]
}

run "refuses_any_project" {
  command = plan

  variables {
    trust = [{ project = "*", pipeline = "deploy" }]
  }

  expect_failures = [var.trust]
}

run "refuses_the_provider_of_another_system" {
  command = plan

  variables {
    identity_provider = {
      arn          = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
      issuer       = "https://gitlab.com"
      audience     = "https://gitlab.com"
      organization = "acme"
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
