package sink

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// childJob names, in the environment, what a child process of a test does instead
// of running the tests.
const childJob = "SINK_TEST_CHILD"

// childCommand runs this test binary again for one job on the store at path.
func childCommand(job, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childJob+"="+job, "SINK_TEST_PATH="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// child does the job and gives the exit code.
func child(job string) int {
	jobs := map[string]func(s *Store) error{"hold": childHold, "commit": childCommit, "full": childFull, "cramped": childCramped}
	s, err := Open(os.Getenv("SINK_TEST_PATH"))
	if err == nil {
		err = errors.Join(jobs[job](s), s.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// childHold holds the store until its input ends.
func childHold(*Store) error {
	fmt.Println("held")
	_, err := io.ReadAll(os.Stdin)
	return err
}

// childCommit commits without end, and tells after each how many changes are in.
func childCommit(s *Store) error {
	for {
		cp, err := s.Checkpoint(source)
		if err != nil {
			return err
		}
		b := killing(cp)
		if err := s.Commit(b); err != nil {
			return err
		}
		fmt.Println(b.Checkpoint.Changes)
	}
}
