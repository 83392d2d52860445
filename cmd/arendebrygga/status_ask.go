package main

import (
	"context"
	"errors"
	"fmt"
)

// askRunning has the running process tell how it is doing; running is false if
// nothing runs.
func askRunning(ctx context.Context, cfg *Config) (report statusReport, running bool, err error) {
	k, err := findDoor(cfg.Store.Path)
	if errors.Is(err, errNobody) {
		return report, false, nil
	}
	var d *desk
	if err == nil {
		d, err = approach(ctx, k)
	}
	if err != nil {
		return report, false, fmt.Errorf("ask the process that holds the store %s: %w", cfg.Store.Path, err)
	}
	err = d.ask(ctx, "status", nothing{}, &report)
	return report, true, errors.Join(err, d.close())
}
