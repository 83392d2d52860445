package servertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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
	port    int
	options []string
	mu      sync.Mutex
	cmd     *exec.Cmd // the keeper; nil if the server is not running
	pipe    io.WriteCloser
}

func (i *instance) addr() string { return "127.0.0.1:" + strconv.Itoa(i.port) }

func (p *product) launch(options []string) (*instance, error) {
	var err error
	for range 3 { // another process may take the port between our look and the server's start
		var inst *instance
		if inst, err = p.prepare(options); err != nil {
			return nil, err
		}
		if err = inst.start(); err == nil {
			return inst, nil
		}
		os.RemoveAll(inst.dir)
	}
	return nil, err
}

func (p *product) prepare(options []string) (*instance, error) {
	data, err := p.template()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", p.programs[0]+"-")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(dir, "data"), data); err != nil {
		return nil, err
	}
	if err := p.hand(dir); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	return &instance{product: p, dir: dir, port: ln.Addr().(*net.TCPAddr).Port, options: options}, nil
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
	for deadline := time.Now().Add(30 * time.Second); ; {
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

// ended tells whether the server gave up by itself, for a taken port say.
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
	os.RemoveAll(i.dir)
}
