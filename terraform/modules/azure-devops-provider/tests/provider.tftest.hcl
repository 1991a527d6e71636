mock_provider "aws" {
  mock_data "aws_iam_openid_connect_provider" {
    defaults = {
      arn            = "arn:aws:iam::123456789012:oidc-provider/found"
      client_id_list = ["api://AzureADTokenExchange"]
    }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws:iam::123456789012:oidc-provider/created"
    }
  }
}

variables {
  organization    = "acme"
  organization_id = "2D1F3B5A-7C9E-4F10-8A2B-4C6D8E0F1A55"
}

run "creates_the_provider" {
  assert {
    condition     = aws_iam_openid_connect_provider.this[0].url == "https://vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55"
    error_message = "The URL is not the organization's issuer."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this[0].client_id_list == toset(["api://AzureADTokenExchange"])
    error_message = "The client ID is not the audience of the tokens."
  }

  assert {
    condition     = output.arn == "arn:aws:iam::123456789012:oidc-provider/created" && output.organization == "acme"
    error_message = "The outputs are not those of the created provider."
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
    create = false
  }

  override_data {
    target = data.aws_iam_openid_connect_provider.this
    values = {
      client_id_list = ["sts.amazonaws.com"]
    }
  }

  expect_failures = [data.aws_iam_openid_connect_provider.this[0]]
}

run "refuses_the_name_as_the_id" {
  command = plan

  variables {
    organization_id = "acme"
  }

  expect_failures = [var.organization_id]
}

run "refuses_any_organization" {
  command = plan

  variables {
    organization = "*"
  }

  expect_failures = [var.organization]
}
