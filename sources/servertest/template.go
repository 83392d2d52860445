package servertest

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing/fstest"
)

// template makes a data folder once and keeps it in memory, so that nothing is left
// behind and every server after the first starts at once.
func (p *product) template() (fs.FS, error) {
	p.once.Do(func() { p.data, p.err = p.initialised() })
	return p.data, p.err
}

func (p *product) initialised() (fs.FS, error) {
	dir, err := os.MkdirTemp(folder(), p.programs[0]+"-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := p.hand(dir); err != nil {
		return nil, err
	}
	cmd := exec.Command(p.find(p.programs[1]), p.initArgs(dir)...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential()}
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", p.programs[1], err, out)
	}
	return inMemory(dir)
}

func inMemory(dir string) (fs.FS, error) {
	files := fstest.MapFS{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		file := &fstest.MapFile{Mode: 0o600}
		if d.IsDir() { // an empty one is missed
			file.Mode = fs.ModeDir | 0o700
		} else if file.Data, err = os.ReadFile(name); err != nil {
			return err
		}
		files[filepath.ToSlash(strings.TrimPrefix(name, dir+string(filepath.Separator)))] = file
		return nil
	})
	return files, err
}

// hand gives a folder, with all in it, to the user that the server runs as. Nobody
// else may look into it, which PostgreSQL insists on.
func (p *product) hand(dir string) error {
	user := p.credential()
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o700)
		}
		if err == nil && user != nil {
			err = os.Lchown(name, int(user.Uid), int(user.Gid))
		}
		return err
	})
}
