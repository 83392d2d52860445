package servertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// keeper starts the server and waits for either of two ends: the server's own, or
// that of the pipe on stdin, which the system closes with the test binary.
const keeper = `dir=$1 stop=$2 kill=$3; shift 3
"$@" </dev/null >>"$dir/log" 2>&1 &
pid=$!; echo $pid >"$dir/pid"
read -r word
[ "$word" = stop ] && kill -$stop $pid || kill -$kill $pid
wait $pid
[ -z "$word" ] && rm -rf "$dir"
exit 0`

type instance struct {
	*product
	dir     string
	port    port
	options []string
	mu      sync.Mutex
	cmd     *exec.Cmd // the keeper; nil if the server is not running
	pipe    io.WriteCloser
}

func (i *instance) addr() string { return "127.0.0.1:" + strconv.Itoa(i.port.number) }

func (p *product) launch(options []string) (*instance, error) {
	data, err := p.template()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(folder(), p.programs[0]+"-")
	if err != nil {
		return nil, err
	}
	i := &instance{product: p, dir: dir, options: options}
	if i.port, err = takePort(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err = os.CopyFS(filepath.Join(dir, "data"), data); err == nil {
		err = p.hand(dir)
	}
	if err == nil {
		err = i.start()
	}
	if err != nil {
		i.discard()
		return nil, err
	}
	return i, nil
}

// folder is where the servers' folders are made: the system's folder for temporary
// files, unless its name is too long for a socket in it, whose path may have 107 bytes,
// or has a space, which mariadb-install-db takes for the end.
func folder() string {
	if dir := os.TempDir(); len(dir) < 60 && !strings.Contains(dir, " ") {
		return dir
	}
	return "/tmp"
}

// start runs the server and waits until it answers.
func (i *instance) start() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cmd != nil {
		return errors.New("servertest: the server is running already")
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper", i.dir, i.stop, i.kill, i.find(i.programs[0])}, append(i.args(i), i.options...)...)...)
	cmd.Dir = i.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: i.credential()} // of its own group: Ctrl-C reaches the test binary only
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	i.cmd, i.pipe = cmd, pipe
	if err := i.answers(); err != nil {
		log, _ := os.ReadFile(filepath.Join(i.dir, "log"))
		i.finish("kill")
		return fmt.Errorf("start %s: %w\n%s", i.programs[0], err, log)
	}
	return nil
}

func (i *instance) answers() error {
	conn, err := i.root(i, "")
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(2 * time.Minute); ; {
		c, err := conn.Connect(context.Background())
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) || i.ended() {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ended tells whether the server gave up by itself, for an option that it does not know
// say.
func (i *instance) ended() bool {
	text, err := os.ReadFile(filepath.Join(i.dir, "pid"))
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func (i *instance) end(kill bool) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cmd == nil {
		return errors.New("servertest: the server is not running")
	}
	if kill {
		return i.finish("kill")
	}
	return i.finish("stop")
}

func (i *instance) finish(word string) error {
	io.WriteString(i.pipe, word+"\n")
	i.pipe.Close()
	err := i.cmd.Wait()
	i.cmd = nil
	os.Remove(filepath.Join(i.dir, "pid"))
	return err
}

func (i *instance) discard() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cmd != nil {
		i.finish("kill")
	}
	_ = i.port.giveBack()
	os.RemoveAll(i.dir)
}
