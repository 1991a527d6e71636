// Holds a file open as most programs on Windows do: others may read and write, but not delete it.
// Arguments: the file, and for how many seconds.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	name, err := syscall.UTF16PtrFromString(os.Args[1])
	if err != nil {
		fail(err)
	}
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	if err != nil {
		fail(err)
	}
	const share = syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE
	file, err := syscall.CreateFile(name, syscall.GENERIC_READ, share, nil, syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		fail(err)
	}
	fmt.Println("held")
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	syscall.CloseHandle(file)
}

func fail(err error) {
	fmt.Println("cannot hold it:", err)
	os.Exit(1)
}
