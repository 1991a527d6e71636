variable "name" {
  description = "The name of the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits or any of _+=,.@-."
  }
}

variable "identity_provider" {
  description = "The identity provider of the organization: the module azure-devops-provider, or an object with its outputs."
  type = object({
    arn          = string
    issuer       = string
    audience     = string
    organization = string
  })
  nullable = false

  validation {
    condition     = can(regex("^https://vstoken\\.dev\\.azure\\.com/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.identity_provider.issuer))
    error_message = "identity_provider.issuer must be the issuer of an Azure DevOps organization."
  }

  validation {
    condition     = var.identity_provider.audience == "api://AzureADTokenExchange"
    error_message = "identity_provider.audience must be api://AzureADTokenExchange."
  }

  validation {
    condition     = can(regex("^[^*?/\\p{Cc}]+$", var.identity_provider.organization))
    error_message = "identity_provider.organization must be the name of one organization."
  }
}

variable "trust" {
  description = "The jobs that may assume the role: those of one service connection, or those of one pipeline that use no service connection. Names count letter by letter."
  type = list(object({
    project            = string
    service_connection = optional(string)
    pipeline           = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.trust) > 0
    error_message = "trust is empty: name at least one service connection or pipeline."
  }

  validation {
    condition     = alltrue([for scope in var.trust : (scope.service_connection == null) != (scope.pipeline == null)])
    error_message = "Each scope must have either service_connection or pipeline."
  }

  validation {
    condition     = alltrue([for scope in var.trust : can(regex("^[^*?/\\p{Cc}]+$", scope.project))])
    error_message = "Each project must be the name of one project, without a wildcard or a slash."
  }

  validation {
    condition     = alltrue([for scope in var.trust : can(regex("^[^*?\\p{Cc}]+$", coalesce(scope.service_connection, scope.pipeline, "")))])
    error_message = "Each service_connection and pipeline must be one name, without a wildcard."
  }
}

variable "source_ips" {
  description = "CIDR blocks that the job must come from. Empty for any address."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for block in var.source_ips : can(cidrhost(strcontains(block, "/") ? block : "${block}/${strcontains(block, ":") ? 128 : 32}", 0))])
    error_message = "source_ips must be IP addresses or CIDR blocks."
  }
}

variable "permissions" {
  description = "What the role may do, on the named resources only. Without any the role can do nothing until policy_arns or other resources allow it."
  type = object({
    s3_sync = optional(list(object({
      bucket       = string
      prefix       = optional(string)
      allow_delete = optional(bool, true)
    })), [])
    cloudfront_invalidation = optional(list(string), [])
    ecr_push = optional(list(object({
      region     = string
      repository = string
    })), [])
    cloudformation_deploy = optional(list(object({
      region             = string
      stack_name         = string
      execution_role_arn = string
    })), [])
    cdk_deploy = optional(list(object({
      region    = string
      qualifier = optional(string, "hnb659fds")
    })), [])
  })
  default  = {}
  nullable = false
}

variable "policy_arns" {
  description = "ARNs of managed policies to attach."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "description" {
  description = "The description of the role."
  type        = string
  default     = "Assumed by Azure DevOps through OpenID Connect"
  nullable    = false
}

variable "path" {
  description = "The path of the role."
  type        = string
  default     = "/"
  nullable    = false
}

variable "max_session_duration" {
  description = "The longest session of the role in seconds, from 3600 to 43200."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.max_session_duration >= 3600 && var.max_session_duration <= 43200 && floor(var.max_session_duration) == var.max_session_duration
    error_message = "max_session_duration must be a whole number of seconds from 3600 to 43200."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the policy that limits the role's permissions."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
  nullable    = false
}
