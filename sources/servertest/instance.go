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
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// keeper starts the server and waits for either of two ends: the server's own, or
// that of the pipe on stdin, which the system closes with the test binary.
const keeper = `dir=$1; shift
"$@" </dev/null >>"$dir/log" 2>&1 &
pid=$!; echo $pid >"$dir/pid"
read -r word
[ "$word" = stop ] && kill -TERM $pid || kill -KILL $pid
wait $pid
[ -z "$word" ] && rm -rf "$dir"
exit 0`

type instance struct {
	dir     string
	port    int
	options []string
	mu      sync.Mutex
	cmd     *exec.Cmd // the keeper; nil if the server is not running
	pipe    io.WriteCloser
}

func (i *instance) addr() string   { return "127.0.0.1:" + strconv.Itoa(i.port) }
func (i *instance) socket() string { return filepath.Join(i.dir, "sock") }

func needMariaDB(tb testing.TB) {
	tb.Helper()
	for _, program := range []string{"mariadbd", "mariadb-install-db"} {
		if path(program) != "" {
			continue
		}
		if os.Getenv("CI") == "true" {
			tb.Fatalf("%s is not installed, and CI must have it", program)
		}
		tb.Skipf("%s is not installed: no test against MariaDB", program)
	}
}

// path finds a program that distributions like to keep out of the users' PATH.
func path(program string) string {
	for _, name := range []string{program, "/usr/sbin/" + program, "/usr/local/sbin/" + program} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

func launch(options []string) (*instance, error) {
	var err error
	for range 3 { // another process may take the port between our look and the server's start
		var inst *instance
		if inst, err = prepare(options); err != nil {
			return nil, err
		}
		if err = inst.start(); err == nil {
			return inst, nil
		}
		os.RemoveAll(inst.dir)
	}
	return nil, err
}

func prepare(options []string) (*instance, error) {
	data, err := template()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mariadb-")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(dir, "data"), data); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	return &instance{dir: dir, port: ln.Addr().(*net.TCPAddr).Port, options: options}, nil
}

func (i *instance) args() []string {
	args := []string{"--no-defaults", "--datadir=" + filepath.Join(i.dir, "data"), "--socket=" + i.socket(),
		"--pid-file=" + filepath.Join(i.dir, "server.pid"), "--bind-address=127.0.0.1", "--port=" + strconv.Itoa(i.port),
		"--skip-name-resolve", "--default-time-zone=+00:00", "--skip-log-bin", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M",
		"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=0", "--innodb-flush-method=nosync",
		"--performance-schema=off", "--max-connections=300"}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	return append(args, i.options...)
}

// start runs the server and waits until it answers.
func (i *instance) start() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cmd != nil {
		return errors.New("servertest: the server is running already")
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper", i.dir, path("mariadbd")}, i.args()...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the test binary only
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
		return fmt.Errorf("start mariadbd: %w\n%s", err, log)
	}
	return nil
}

func (i *instance) answers() error {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Logger = "unix", i.socket(), "root", &mysql.NopLogger{}
	conn, err := mysql.NewConnector(cfg)
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
