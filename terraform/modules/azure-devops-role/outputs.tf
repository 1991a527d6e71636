output "arn" {
  description = "The ARN of the role, for the CI job to assume."
  value       = aws_iam_role.this.arn
}

output "name" {
  description = "The name of the role."
  value       = aws_iam_role.this.name
}

output "trust_policy" {
  description = "The trust policy of the role, as JSON."
  value       = local.trust_policy
}

output "permission_policy" {
  description = "The inline policy of the role, as JSON. Null without permissions."
  value       = module.permission_policy.json
}
