terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.82"
    }
  }

  # The lock is an object next to the state. Bucket and role are in role.yaml.
  backend "s3" {
    bucket       = "acme-terraform-state-123456789012"
    key          = "shop/terraform.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

resource "aws_sqs_queue" "orders" {
  name                      = "shop-orders"
  message_retention_seconds = 86400
}
