package servertest

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
)

// TestPortIsKept: a server comes and goes on its port, and nobody else is given it.
func TestPortIsKept(t *testing.T) {
	p, err := takePort()
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprint("127.0.0.1:", p.number)
	client := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p.number}}
	for range 2 {
		if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Error("while the server is down:", err)
		}
		if _, err := client.Dial("tcp", addr); !errors.Is(err, syscall.EADDRINUSE) {
			t.Error("the port is another's:", err)
		}
		server, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := p.giveBack(); err != nil {
		t.Error(err)
	}
}
