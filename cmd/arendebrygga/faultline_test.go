package main

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// line is a connection's way to a server, through which faults can be had. It is our
// own as toxiproxy cannot end one direction alone.
type line struct {
	ln       net.Listener
	upstream string
	mu       sync.Mutex
	mood     mood
	calls    map[*net.TCPConn]bool
	counts   map[string]int
}

// mood is what a line does to what it carries.
type mood struct {
	name  string
	delay time.Duration // of each piece
	cut   int           // after so many bytes of answers all is ended; 0: never
	half  bool          // and then only towards the server, whose answers still come
	mute  bool          // answers are not passed on, and nothing is ended
	down  bool          // nobody is let in
}

func newLine(t testing.TB, upstream string) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{ln: ln, upstream: upstream, calls: map[*net.TCPConn]bool{}, counts: map[string]int{}}
	t.Cleanup(func() { ln.Close(); l.hangUp() })
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			go l.carry(client.(*net.TCPConn))
		}
	}()
	return l
}

// set changes what happens to all connections from now on.
func (l *line) set(m mood) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mood = m
	l.counts[m.name]++
}

func (l *line) now() mood {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mood
}

// hangUp ends all connections at once, with a reset.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.calls {
		c.SetLinger(0)
		c.Close()
	}
}

func (l *line) carry(client *net.TCPConn) {
	defer client.Close()
	if l.now().down {
		return
	}
	conn, err := net.Dial("tcp", l.upstream)
	if err != nil {
		return
	}
	server := conn.(*net.TCPConn)
	defer server.Close()
	l.mu.Lock()
	l.calls[client] = true
	l.mu.Unlock()
	defer func() { l.mu.Lock(); delete(l.calls, client); l.mu.Unlock() }()
	asked := make(chan struct{})
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.CloseWrite()
		close(asked)
	}()
	l.answers(client, server)
	client.Close()
	<-asked
}

// answers passes on what the server says, as the mood is.
func (l *line) answers(client, server *net.TCPConn) {
	buf, carried := make([]byte, 4096), 0
	var was mood
	for {
		n, err := server.Read(buf)
		m := l.now()
		if m != was {
			was, carried = m, 0
		}
		time.Sleep(m.delay)
		switch carried += n; {
		case m.mute:
			continue
		case m.cut > 0 && carried > m.cut && m.half:
			_ = server.CloseWrite()
			m.cut = 0
		case m.cut > 0 && carried > m.cut:
			_, _ = client.Write(buf[:max(0, n-(carried-m.cut))])
			return
		}
		if _, errW := client.Write(buf[:n]); err != nil || errW != nil {
			return
		}
	}
}

// weather gives a line one fault after the other until it is told to stop.
func (l *line) weather(r *rand.Rand, stop <-chan struct{}) {
	defer l.set(mood{name: "fair"})
	for {
		m, lasts := mood{name: "fair"}, 200+r.IntN(1200)
		switch r.IntN(8) {
		case 0:
			m = mood{name: "cut", cut: 1 + r.IntN(20_000)}
		case 1:
			m = mood{name: "half-closed", cut: 1 + r.IntN(20_000), half: true}
		case 2:
			m = mood{name: "delayed", delay: time.Duration(r.IntN(300)) * time.Millisecond}
		case 3:
			m = mood{name: "mute", mute: true}
		case 4:
			m, lasts = mood{name: "refused", down: true}, r.IntN(400)
		case 5:
			m.name = "reset"
			l.hangUp()
		}
		l.set(m)
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(lasts) * time.Millisecond):
		}
	}
}
