output "arn" {
  description = "The ARN of the provider."
  value       = local.arn
}

output "issuer" {
  description = "The issuer's URL, exactly as the tokens have it."
  value       = local.issuer
}

output "audience" {
  description = "The audience that the tokens have and the provider accepts."
  value       = local.audience
}

output "organization" {
  description = "The organization's name. The subject of the tokens begins with it."
  value       = var.organization
}
