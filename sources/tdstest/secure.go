package tdstest

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
)

// hello answers PRELOGIN and agrees on encryption. It gives what to read from.
func (c *conn) hello() (net.Conn, error) {
	m, err := readMessage(c.net)
	if err != nil {
		return nil, err
	}
	if m.kind != packPrelogin {
		return nil, fmt.Errorf("a packet of type %d where PRELOGIN was due", m.kind)
	}
	c.reply = reply{&writer{conn: c.net, size: 4096}}
	encryption := byte(encryptNotSupported)
	if c.server.config.TLS != nil {
		encryption = encryptOn
	}
	c.reply.w.body = prelogin(encryption)
	if err := c.reply.w.end(); err != nil || c.server.config.TLS == nil {
		return c.net, err
	}
	config := c.server.config.TLS.Clone()
	if config.MaxVersion == 0 || config.MaxVersion > tls.VersionTLS12 {
		config.MaxVersion = tls.VersionTLS12 // a later one would send tickets after the handshake, no longer in packets
	}
	wrapped := &handshake{Conn: c.net}
	secure := tls.Server(wrapped, config)
	if err := secure.Handshake(); err != nil {
		return nil, &net.OpError{Op: "tls handshake", Err: err} // the client's to tell
	}
	wrapped.over = true
	c.reply.w.conn = secure
	return secure, nil
}

// handshake carries TLS records in packets until the handshake is over.
type handshake struct {
	net.Conn
	over bool
	rest []byte
}

func (h *handshake) Read(b []byte) (int, error) {
	if h.over && len(h.rest) == 0 {
		return h.Conn.Read(b)
	}
	if len(h.rest) == 0 {
		m, err := readMessage(h.Conn)
		if err != nil {
			return 0, err
		}
		h.rest = m.body
	}
	n := copy(b, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

func (h *handshake) Write(b []byte) (int, error) {
	if h.over {
		return h.Conn.Write(b)
	}
	packet := binary.BigEndian.AppendUint16([]byte{packPrelogin, 1}, uint16(len(b)+8))
	packet = append(append(packet, 0, 0, 1, 0), b...)
	if _, err := h.Conn.Write(packet); err != nil {
		return 0, err
	}
	return len(b), nil
}
