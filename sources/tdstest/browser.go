package tdstest

import (
	"crypto/rand"
	"fmt"
	"net"
	"testing"
)

// browser tells the port of a named instance, as SQL Server Browser does (MC-SQLR).
// The driver asks it at port 1434 and nowhere else; so that tests may run side by
// side, each has a loopback address of its own.
type browser struct {
	host, instance string
	conn           net.PacketConn
}

func startBrowser(tb testing.TB, instance string) *browser {
	tb.Helper()
	var err error
	for range 20 {
		var b [3]byte
		_, _ = rand.Read(b[:])
		at := &browser{host: fmt.Sprintf("127.%d.%d.%d", 1+b[0]%250, b[1], 1+b[2]%250), instance: instance}
		if at.conn, err = net.ListenPacket("udp", at.host+":1434"); err == nil {
			return at
		}
	}
	tb.Skipf("tdstest: only where all of 127/8 is loopback can an instance have a name: %v", err)
	return nil
}

// serve answers which instances there are until the connection is closed.
func (b *browser) serve(port string) {
	text := fmt.Sprintf("ServerName;TDSTEST;InstanceName;%s;IsClustered;No;Version;16.0.4215.2;tcp;%s;;", b.instance, port)
	answer := append(little.AppendUint16([]byte{5}, uint16(len(text))), text...)
	for {
		var ask [1500]byte
		_, from, err := b.conn.ReadFrom(ask[:])
		if err != nil {
			return
		}
		_, _ = b.conn.WriteTo(answer, from)
	}
}
