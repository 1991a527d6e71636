# boto3 by its default chain. The argument is the emulator's STS.
import sys

import boto3

print(boto3.client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Arn"])
