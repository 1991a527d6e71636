variables {
  account = "123456789012"
}

run "is_null_without_permissions" {
  assert {
    condition     = output.json == null
    error_message = "There is a policy without a statement."
  }
}

run "numbers_repeated_statements" {
  variables {
    s3_sync = [{ bucket = "acme-site" }, { bucket = "acme-docs", prefix = "v1", allow_delete = false }]
  }

  assert {
    condition     = jsondecode(output.json).Statement[*].Sid == ["ListBucket", "SyncObjects", "ListBucket2", "SyncObjects2"]
    error_message = "The Sids are not unique."
  }

  assert {
    condition     = !contains(jsondecode(output.json).Statement[3].Action, "s3:DeleteObject")
    error_message = "The role may delete objects although allow_delete is false."
  }

  assert {
    condition     = jsondecode(output.json).Statement[3].Resource == "arn:aws:s3:::acme-docs/v1/*"
    error_message = "The role may change objects outside the prefix."
  }
}

run "refuses_wildcards" {
  command = plan

  variables {
    s3_sync                 = [{ bucket = "acme-*" }]
    cloudfront_invalidation = ["*"]
    ecr_push                = [{ region = "eu-west-1", repository = "*" }]
    cloudformation_deploy   = [{ region = "eu-west-1", stack_name = "*", execution_role_arn = "arn:aws:iam::123456789012:role/x" }]
    cdk_deploy              = [{ region = "*" }]
  }

  expect_failures = [
    var.s3_sync,
    var.cloudfront_invalidation,
    var.ecr_push,
    var.cloudformation_deploy,
    var.cdk_deploy,
  ]
}

run "refuses_a_prefix_with_a_wildcard" {
  command = plan

  variables {
    s3_sync = [{ bucket = "acme-site", prefix = "docs/*" }]
  }

  expect_failures = [var.s3_sync]
}

run "refuses_any_execution_role" {
  command = plan

  variables {
    cloudformation_deploy = [{ region = "eu-west-1", stack_name = "shop", execution_role_arn = "*" }]
  }

  expect_failures = [var.cloudformation_deploy]
}
