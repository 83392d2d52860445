package tdstest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// Packet types.
const (
	packBatch     = 1
	packRPC       = 3
	packReply     = 4
	packAttention = 6
	packTransMgr  = 14
	packLogin     = 16
	packPrelogin  = 18
)

// message is what a client sends in one or more packets.
type message struct {
	kind  byte
	reset bool // the session begins anew
	body  []byte
}

// readMessage reads packets up to the last of a message.
func readMessage(r io.Reader) (message, error) {
	var m message
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return m, err
		}
		size := int(binary.BigEndian.Uint16(head[2:]))
		if size < len(head) {
			return m, fmt.Errorf("a packet of %d bytes", size)
		}
		begin := len(m.body)
		m.body = append(m.body, make([]byte, size-len(head))...)
		if _, err := io.ReadFull(r, m.body[begin:]); err != nil {
			return m, err
		}
		m.kind, m.reset = head[0], m.reset || head[1]&0x08 != 0
		if head[1]&1 != 0 {
			return m, nil
		}
	}
}

// writer sends replies in packets of the negotiated size.
type writer struct {
	conn net.Conn
	size int    // of a packet
	body []byte // not yet sent
	seq  byte
	out  []byte
}

// full sends what fills packets, as SQL Server does: the client reads one while the
// next is made.
func (w *writer) full() error {
	most := w.size - 8
	if len(w.body) < most {
		return nil
	}
	rest := len(w.body) % most
	body := w.body
	w.body = body[:len(body)-rest]
	err := w.send(false)
	w.body = append(w.body, body[len(body)-rest:]...)
	return err
}

// end sends the rest of a reply.
func (w *writer) end() error {
	err := w.send(true)
	w.seq = 0
	return err
}

func (w *writer) send(last bool) error {
	most := w.size - 8
	w.out = w.out[:0]
	rest := w.body
	for len(rest) > 0 {
		part := rest[:min(most, len(rest))]
		rest = rest[len(part):]
		w.seq++
		status := byte(0)
		if last && len(rest) == 0 {
			status = 1
		}
		w.out = append(w.out, packReply, status)
		w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(part)+8))
		w.out = append(w.out, 0, 51, w.seq, 0)
		w.out = append(w.out, part...)
	}
	w.body = w.body[:0]
	_, err := w.conn.Write(w.out)
	return err
}
