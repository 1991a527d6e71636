output "json" {
  description = "The policy document, or null without any permission."
  value       = length(local.statements) == 0 ? null : jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
