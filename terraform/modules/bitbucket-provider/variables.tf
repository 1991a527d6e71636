variable "workspace" {
  description = "The workspace's slug, as in its URL. Renaming the workspace changes the issuer."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]+$", var.workspace))
    error_message = "workspace must be the workspace's slug, as in its URL."
  }
}

variable "workspace_uuid" {
  description = "The workspace's UUID, with or without braces."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\})$", var.workspace_uuid))
    error_message = "workspace_uuid must be a UUID, with or without braces."
  }
}

variable "create" {
  description = "Whether to create the provider. An account has one provider for each issuer: if it is there already, set this to false and the module looks it up."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of the provider."
  type        = map(string)
  default     = {}
  nullable    = false
}
