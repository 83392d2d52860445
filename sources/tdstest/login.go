package tdstest

import (
	"fmt"
	"strconv"
)

// prelogin is the answer to PRELOGIN: the version, the encryption, and no MARS.
func prelogin(encryption byte) []byte {
	return []byte{
		0, 0, 16, 0, 6,
		1, 0, 22, 0, 1,
		4, 0, 23, 0, 1,
		0xFF,
		16, 0, 0x10, 0x77, 0, 0,
		encryption,
		0,
	}
}

// What is said of encryption.
const (
	encryptOn           = 1
	encryptNotSupported = 2
)

// parseLogin reads LOGIN7.
func parseLogin(b []byte) (Login, error) {
	r := &reader{b: b}
	if len(b) < 94 {
		return Login{}, errShort
	}
	field := func(at int) []byte {
		offset, n := int(little.Uint16(b[at:])), int(little.Uint16(b[at+2:]))
		if offset+2*n > len(b) {
			r.fail(errShort)
			return nil
		}
		return b[offset : offset+2*n]
	}
	password := append([]byte(nil), field(44)...)
	for i, c := range password {
		c ^= 0xA5
		password[i] = c<<4 | c>>4
	}
	login := Login{
		PacketSize: int(little.Uint32(b[8:])),
		ReadOnly:   b[26]&0x20 != 0,
		Host:       fromUTF16(field(36)),
		User:       fromUTF16(field(40)),
		Password:   fromUTF16(password),
		App:        fromUTF16(field(48)),
		Server:     fromUTF16(field(52)),
		Database:   fromUTF16(field(68)),
	}
	return login, r.err
}

// login answers LOGIN7.
func (c *conn) login(m message) error {
	if m.kind != packLogin {
		return fmt.Errorf("a packet of type %d where a login was due", m.kind)
	}
	login, err := parseLogin(m.body)
	if err != nil {
		return err
	}
	c.session.Login = login
	c.server.loggedIn(login)
	if c.server.config.Check != nil {
		if e := c.server.config.Check(login); e != nil {
			c.reply.fail(e)
			c.reply.done(tokenDone, doneError, 0)
			_ = c.reply.w.end()
			return e
		}
	}
	size := min(max(login.PacketSize, 512), c.server.config.PacketSize)
	c.reply.change(1, utf16le(nil, login.Database), utf16le(nil, "master"))
	c.reply.token(0xE3, append(append([]byte{7, 5}, swedish...), 0))
	program := utf16le(nil, "Microsoft SQL Server")
	ack := append([]byte{1, 0x74, 0, 0, 4, byte(len(program) / 2)}, program...)
	c.reply.token(0xAD, append(ack, 16, 0, 0x10, 0x77))
	c.reply.change(4, utf16le(nil, strconv.Itoa(size)), utf16le(nil, strconv.Itoa(login.PacketSize)))
	c.reply.done(tokenDone, 0, 0)
	err = c.reply.w.end()
	c.reply.w.size = size
	return err
}
