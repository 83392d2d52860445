package sink

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// million lets the benchmarks fill a store with a million events, which takes
// minutes.
var million = flag.Bool("million", false, "measure with a million events")

func TestMain(m *testing.M) {
	if job := os.Getenv(childJob); job != "" {
		os.Exit(child(job))
	}
	goleak.VerifyTestMain(m)
}
