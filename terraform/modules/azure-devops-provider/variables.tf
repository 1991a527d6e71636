variable "organization" {
  description = "The organization's name, as in https://dev.azure.com/<organization>. The subject of the tokens contains it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^/*?\\p{Cc}]+$", var.organization))
    error_message = "organization must be the name of one organization."
  }
}

variable "organization_id" {
  description = "The organization's GUID: instanceId of https://dev.azure.com/<organization>/_apis/connectionData. The issuer contains it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\})$", var.organization_id))
    error_message = "organization_id must be a UUID: the organization's id, not its name."
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
