package adapter

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// deepest is how many calls of a panic's stack are told.
const deepest = 40

// survive does a part of the loop's work. A panic in it, which is a mistake in the
// program, becomes an error: one source must take down neither the others nor the API.
// What the loop had in mind may be half done then, so it takes up what is stored.
func (l *Loop) survive(doing string, do func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			stack := callers()
			l.saved, l.unsaved, l.recognised, l.sweep = time.Time{}, false, false, nil
			// Not what it says, which may quote a row.
			l.Log.Error().Str("doing", doing).Str("panic", fmt.Sprintf("%T", panicked)).Strs("stack", stack).Msg("a mistake in the program: please report this line")
			err = fmt.Errorf("a mistake in the program (%T) ended the %s: please report the line with its stack that the log has at level error", panicked, doing)
		}
	}()
	return do()
}

// callers gives the functions and lines on the stack of a panic, the innermost first.
func callers() (stack []string) {
	pcs := make([]uintptr, deepest)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)]) // without Callers, callers and what recovered
	for more := true; more; {
		var f runtime.Frame
		if f, more = frames.Next(); f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
			stack = append(stack, fmt.Sprintf("%s %s:%d", f.Function, filepath.Base(f.File), f.Line))
		}
	}
	return stack
}
