// The AWS SDK for Go v1 by its default chain. The argument is the emulator's STS.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/sts"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address string) error {
	sess, err := session.NewSession()
	if err != nil {
		return err
	}
	answer, err := sts.New(sess, &aws.Config{Endpoint: &address}).GetCallerIdentity(&sts.GetCallerIdentityInput{})
	if err == nil {
		fmt.Println(*answer.Arn)
	}
	return err
}
