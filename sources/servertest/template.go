package servertest

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"
)

// template initialises a data folder once per test binary and keeps it in memory,
// so that nothing is left behind and every server after the first starts at once.
var template = sync.OnceValues(func() (fs.FS, error) {
	dir, err := os.MkdirTemp("", "mariadb-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	args := []string{"--no-defaults", "--datadir=" + dir, "--auth-root-authentication-method=normal", "--skip-test-db",
		"--skip-name-resolve", "--innodb-log-file-size=4M", "--innodb-flush-method=nosync", "--innodb-data-file-path=ibdata1:4M:autoextend"}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	if out, err := exec.Command(path("mariadb-install-db"), args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mariadb-install-db: %w\n%s", err, out)
	}
	return inMemory(dir)
})

func inMemory(dir string) (fs.FS, error) {
	files := fstest.MapFS{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files[filepath.ToSlash(strings.TrimPrefix(name, dir+string(filepath.Separator)))] = &fstest.MapFile{Data: data, Mode: 0o600}
		return err
	})
	return files, err
}
