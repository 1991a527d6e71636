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
  description = "The identity provider of the workspace: the module bitbucket-provider, or an object with its outputs."
  type = object({
    arn      = string
    issuer   = string
    audience = string
  })
  nullable = false

  validation {
    condition     = can(regex("^https://api\\.bitbucket\\.org/2\\.0/workspaces/[a-zA-Z0-9_-]+/pipelines-config/identity/oidc$", var.identity_provider.issuer))
    error_message = "identity_provider.issuer must be the issuer of a Bitbucket workspace."
  }

  validation {
    condition     = can(regex("^ari:cloud:bitbucket::workspace/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.identity_provider.audience))
    error_message = "identity_provider.audience must be ari:cloud:bitbucket::workspace/<workspace UUID without braces>."
  }
}

variable "trust" {
  description = "The steps that may assume the role: all steps of a repository, or with deployment_environment_uuid only steps that deploy to this environment. UUIDs with or without braces."
  type = list(object({
    repository_uuid             = string
    deployment_environment_uuid = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.trust) > 0
    error_message = "trust is empty: name at least one repository."
  }

  validation {
    condition     = alltrue([for scope in var.trust : can(regex("^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\})$", scope.repository_uuid))])
    error_message = "Each repository_uuid must be a UUID, with or without braces."
  }

  validation {
    condition     = alltrue([for scope in var.trust : scope.deployment_environment_uuid == null || can(regex("^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\})$", scope.deployment_environment_uuid))])
    error_message = "Each deployment_environment_uuid must be a UUID, with or without braces. The token has the environment's UUID, not its name."
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
  default     = "Assumed by Bitbucket Pipelines through OpenID Connect"
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
