package sources

import (
	"net"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestMySQLThatIsNone: something else listens at the address, and closes at once or says
// nothing.
func TestMySQLThatIsNone(t *testing.T) {
	for _, silent := range []bool{false, true} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				if silent {
					defer conn.Close()
				} else {
					conn.Close()
				}
			}
		}()
		b := &bed{kind: "mysql", conn: Connection{Server: l.Addr().String(), Database: "d", User: "u", Password: adapter.NewSecret("hemligt")}}
		def := b.history()
		def.Limits.QueryTimeout = 200 * time.Millisecond
		_, err = b.open(t, def).Clock(t.Context())
		if err == nil || !strings.Contains(err.Error(), l.Addr().String()+" takes connections but does not answer: look whether MySQL or MariaDB listens there") {
			t.Errorf("silent %t: %v", silent, err)
		}
	}
}
