mock_provider "aws" {
  mock_data "aws_iam_openid_connect_provider" {
    defaults = {
      arn            = "arn:aws:iam::123456789012:oidc-provider/found"
      client_id_list = ["ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"]
    }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws:iam::123456789012:oidc-provider/created"
    }
  }
}

variables {
  workspace      = "acme"
  workspace_uuid = "{6F7C0A3E-2A7B-4D7E-9A53-0B1F6F3F2C11}"
}

run "creates_the_provider" {
  assert {
    condition     = aws_iam_openid_connect_provider.this[0].url == "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    error_message = "The URL is not the workspace's issuer."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this[0].client_id_list == toset(["ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"])
    error_message = "The client ID is not the workspace's audience."
  }

  assert {
    condition     = output.arn == "arn:aws:iam::123456789012:oidc-provider/created"
    error_message = "The output is not the created provider."
  }
}

run "finds_the_provider" {
  variables {
    create = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0
    error_message = "A provider is created although the account has one."
  }

  assert {
    condition     = output.arn == "arn:aws:iam::123456789012:oidc-provider/found"
    error_message = "The output is not the provider of the account."
  }
}

run "refuses_a_provider_without_the_audience" {
  command = plan

  variables {
    create         = false
    workspace_uuid = "00000000-0000-4000-8000-000000000000"
  }

  expect_failures = [data.aws_iam_openid_connect_provider.this[0]]
}

run "refuses_a_wrong_workspace" {
  command = plan

  variables {
    workspace      = "acme/shop"
    workspace_uuid = "acme"
  }

  expect_failures = [var.workspace, var.workspace_uuid]
}

run "refuses_an_unclosed_brace" {
  command = plan

  variables {
    workspace_uuid = "{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11"
  }

  expect_failures = [var.workspace_uuid]
}
