# The AWS SDK for Ruby by its default chain. The argument is the emulator's STS.
require "aws-sdk-core"

# Debian's version supports no variable for the address of STS or for a proxy.
Aws.config[:http_proxy] = ENV["HTTPS_PROXY"] if ENV["AWS_WEB_IDENTITY_TOKEN_FILE"]
puts Aws::STS::Client.new(endpoint: ARGV[0], http_proxy: nil).get_caller_identity.arn
