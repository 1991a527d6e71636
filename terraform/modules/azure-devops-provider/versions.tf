terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Releases before December 2024 demand a thumbprint, which these issuers do not need.
      version = ">= 5.82"
    }
  }
}
