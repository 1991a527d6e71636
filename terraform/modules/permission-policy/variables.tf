variable "account" {
  description = "The account of the resources, twelve digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits."
  }
}

variable "partition" {
  description = "The partition of the resources."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = can(regex("^aws[a-z-]*$", var.partition))
    error_message = "partition must be a partition such as aws or aws-cn."
  }
}

variable "s3_sync" {
  description = "Buckets for aws s3 sync: the whole bucket or one prefix of it. allow_delete is for --delete."
  type = list(object({
    bucket       = string
    prefix       = optional(string)
    allow_delete = optional(bool, true)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for item in var.s3_sync : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", item.bucket))])
    error_message = "Each bucket must be the name of one bucket."
  }

  validation {
    condition     = alltrue([for item in var.s3_sync : item.prefix == null || can(regex("^[^*?$/\\p{Cc}](?:[^*?$\\p{Cc}]*[^*?$/\\p{Cc}])?$", item.prefix))])
    error_message = "Each prefix must have no wildcard and no slash at its ends."
  }
}

variable "cloudfront_invalidation" {
  description = "IDs of CloudFront distributions whose paths may be invalidated."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.cloudfront_invalidation : can(regex("^[A-Z0-9]{8,32}$", id))])
    error_message = "Each item must be the ID of one distribution."
  }
}

variable "ecr_push" {
  description = "ECR repositories for docker push, each without the registry."
  type = list(object({
    region     = string
    repository = string
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for item in var.ecr_push : can(regex("^[a-z0-9]+(?:[._/-][a-z0-9]+)*$", item.repository))])
    error_message = "Each repository must be the name of one repository, without the registry."
  }

  validation {
    condition     = alltrue([for item in var.ecr_push : can(regex("^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$", item.region))])
    error_message = "Each region must be a region such as eu-central-1."
  }
}

variable "cloudformation_deploy" {
  description = "Stacks for aws cloudformation deploy, each with the execution role that CloudFormation uses for its resources."
  type = list(object({
    region             = string
    stack_name         = string
    execution_role_arn = string
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for item in var.cloudformation_deploy : can(regex("^[a-zA-Z][a-zA-Z0-9-]{0,127}$", item.stack_name))])
    error_message = "Each stack_name must be the name of one stack."
  }

  validation {
    condition     = alltrue([for item in var.cloudformation_deploy : can(regex("^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$", item.region))])
    error_message = "Each region must be a region such as eu-central-1."
  }

  validation {
    condition     = alltrue([for item in var.cloudformation_deploy : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", item.execution_role_arn))])
    error_message = "Each execution_role_arn must be the ARN of the role that the stack is deployed with."
  }
}

variable "cdk_deploy" {
  description = "Environments for cdk deploy through the roles of cdk bootstrap."
  type = list(object({
    region    = string
    qualifier = optional(string, "hnb659fds")
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for item in var.cdk_deploy : can(regex("^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$", item.region))])
    error_message = "Each region must be a region such as eu-central-1."
  }

  validation {
    condition     = alltrue([for item in var.cdk_deploy : can(regex("^[a-zA-Z0-9_-]{1,10}$", item.qualifier))])
    error_message = "Each qualifier must be the qualifier of cdk bootstrap."
  }
}
