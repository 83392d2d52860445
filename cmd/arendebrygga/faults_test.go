package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// faultRun is a case system on two kinds of server, with writers, lines that fail and
// the real binary that is killed again and again.
type faultRun struct {
	seed    uint64
	lasts   time.Duration
	bin     string
	dir     string
	servers map[string]*servertest.Server
	models  map[string]*model
	lines   map[string]*line
	watch   *watch
	ends    map[string]int // how the binary ended, and servers were ended: how often
	secrets []string       // what was found in its log and must not be there
}

var faultKinds = []string{"mysql", "postgres"}

// TestNothingLostNothingDoubled is the promise of the whole program. It takes SEED
// and DURATION from the environment: the same seed gives the same operations and the
// same faults, though not the same interleaving.
func TestNothingLostNothingDoubled(t *testing.T) {
	run := newFaultRun(t)
	var writing, faulting sync.WaitGroup
	stop := make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), run.lasts)
	defer cancel()
	rest := max(20*time.Millisecond, run.lasts/3000)
	const writers = 4
	for i, kind := range faultKinds {
		for n := range writers {
			writing.Go(func() {
				no := i*writers + n + 1
				w := writer{no: no, m: run.models[kind], r: run.dice(uint64(no)), clock: time.Date(2026, 10, 24, 23, 30+10*n, 0, 0, time.UTC)}
				if err := w.work(ctx, run.servers[kind].Root, rest); err != nil {
					t.Error(err)
				}
			})
		}
		faulting.Go(func() { run.lines[kind].weather(run.dice(uint64(100+i)), stop) })
	}
	faulting.Go(func() { run.watch.look(run.dice(110), stop) })
	run.kill(t)
	writing.Wait()
	close(stop)
	faulting.Wait()
	run.settle(t)
}

func newFaultRun(t *testing.T) *faultRun {
	run := &faultRun{seed: uint64(time.Now().UnixNano()), lasts: 15 * time.Second, bin: buildBinary(t), servers: map[string]*servertest.Server{}, models: map[string]*model{}, lines: map[string]*line{}, ends: map[string]int{}}
	if text := os.Getenv("SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal("SEED: ", err)
		}
		run.seed = seed
	}
	if text := os.Getenv("DURATION"); text != "" {
		lasts, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal("DURATION: ", err)
		}
		run.lasts = lasts
	}
	t.Logf("SEED=%d DURATION=%v", run.seed, run.lasts)
	kunder := testNumbers(t, 120)
	run.servers["mysql"], run.servers["postgres"] = servertest.Private(t), servertest.PrivatePostgreSQL(t)
	dsn := map[string]string{}
	for _, kind := range faultKinds {
		caseSystem(t, kind, run.servers[kind].Root)
		run.models[kind], run.lines[kind] = newModel(kind, kunder), newLine(t, run.servers[kind].Addr)
		through := *run.servers[kind]
		through.Addr = run.lines[kind].ln.Addr().String()
		dsn[kind] = through.DSN()
	}
	run.dir, run.watch = layOutFaults(t, dsn), newWatch(run.models, kunder)
	return run
}

func (run *faultRun) dice(n uint64) *rand.Rand { return rand.New(rand.NewPCG(run.seed, n)) }

// kill runs the binary over and over, and ends it at each labelled point and at
// random; now and then it ends a server meanwhile.
func (run *faultRun) kill(t *testing.T) {
	points := []adapter.Point{adapter.AfterQuery, adapter.MidRows, adapter.BeforeCommit, adapter.AfterCommit}
	r := run.dice(99)
	for round, end := 0, time.Now().Add(run.lasts); time.Now().Before(end) || round < 10; round++ {
		fault, lasts := fmt.Sprintf("%s:%d", points[round%len(points)], 1+r.IntN(6)), time.Duration(500+r.IntN(2500))*time.Millisecond
		switch round % 10 {
		case 4:
			fault = "never:1"
		case 9: // long enough for sweeps
			fault, lasts = "never:1", time.Duration(3000+r.IntN(3000))*time.Millisecond
		}
		run.round(t, r, fault, lasts)
	}
}

// round is one life of the binary.
func (run *faultRun) round(t *testing.T, r *rand.Rand, fault string, lasts time.Duration) {
	b := startBinary(t, run.bin, run.dir, fault)
	defer func() { run.secrets = append(run.secrets, run.watch.tells(b.log.String())...) }()
	defer run.watch.url.Store(nil)
	over, blow := time.After(lasts), make(<-chan time.Time)
	if r.IntN(4) == 0 {
		blow = time.After(time.Duration(r.Int64N(int64(lasts))))
	}
	gentle, kind, hard := r.IntN(4) == 0, faultKinds[r.IntN(2)], r.IntN(3) > 0
	for {
		select {
		case addr := <-b.addr:
			url := "http://" + addr + "/mina-arenden/v1/kundhandelser"
			run.watch.url.Store(&url)
		case err := <-b.done:
			if !b.metFault(err) {
				t.Fatalf("the program ended by itself: %v\n%s", err, b.log)
			}
			point, _, _ := strings.Cut(fault, ":")
			run.ends["SIGKILL "+point]++
			return
		case <-blow:
			run.restart(t, kind, hard)
		case <-over:
			if gentle {
				run.ends["SIGTERM"]++
				stopBinary(t, b)
				return
			}
			run.ends["SIGKILL at random"]++
			_ = b.cmd.Process.Kill()
			<-b.done
			return
		}
	}
}

// restart ends a server and starts it again.
func (run *faultRun) restart(t *testing.T, kind string, hard bool) {
	if hard {
		run.ends[kind+" killed"]++
		run.servers[kind].Kill(t)
	} else {
		run.ends[kind+" stopped"]++
		run.servers[kind].Stop(t)
	}
	run.servers[kind].Start(t)
}

func stopBinary(t *testing.T, b *binary) {
	t.Helper()
	begun := time.Now()
	_ = b.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-b.done; err != nil && !b.metFault(err) { // it may come to its fault point while it stops
		t.Errorf("stopped by SIGTERM: %v\n%s", err, b.log)
	}
	if took := time.Since(begun); took > promptly {
		t.Errorf("stopped by SIGTERM after %v", took)
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
