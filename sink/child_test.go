package sink

import (
	"fmt"
	"os"
	"os/exec"
)

// childJob names, in the environment, what a child process of a test does instead
// of running the tests.
const childJob = "SINK_TEST_CHILD"

// startChild runs this test binary again for one job on the store at path.
func childCommand(job, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childJob+"="+job, "SINK_TEST_PATH="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// child does the job and gives the exit code.
func child(job string) int {
	path := os.Getenv("SINK_TEST_PATH")
	jobs := map[string]func(path string) error{}
	if err := jobs[job](path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
