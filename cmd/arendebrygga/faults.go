//go:build faults

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"arendebrygga/adapter"
)

// faultPoint makes the process kill itself, as a power cut would, when it passes
// the point that FAULT_POINT names for the nth time: "before commit:3". Only
// binaries that the fault tests build have it.
func faultPoint(environ []string) (func(adapter.Point), error) {
	for _, e := range environ {
		value, ok := strings.CutPrefix(e, "FAULT_POINT=")
		if !ok {
			continue
		}
		point, count, _ := strings.Cut(value, ":")
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("FAULT_POINT: %w", err)
		}
		var passed atomic.Int64
		return func(p adapter.Point) {
			if string(p) == point && passed.Add(1) == n {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}, nil
	}
	return nil, nil
}
