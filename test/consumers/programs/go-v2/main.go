// The AWS SDK for Go v2 by its default chain, as Terraform uses it. The argument is the emulator's STS.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address string) error {
	loaded, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return err
	}
	client := sts.NewFromConfig(loaded, func(options *sts.Options) { options.BaseEndpoint = aws.String(address) })
	answer, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err == nil {
		fmt.Println(*answer.Arn)
	}
	return err
}
