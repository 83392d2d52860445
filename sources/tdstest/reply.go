package tdstest

// Tokens that end a statement, and bits of their status.
const (
	tokenDone       = 0xFD
	tokenDoneProc   = 0xFE
	tokenDoneInProc = 0xFF

	doneMore      = 0x01
	doneError     = 0x02
	doneCount     = 0x10
	doneAttention = 0x20
)

// reply builds the tokens of a reply.
type reply struct{ w *writer }

// token adds one that has its length before it.
func (r reply) token(id byte, body []byte) {
	r.w.body = little.AppendUint16(append(r.w.body, id), uint16(len(body)))
	r.w.body = append(r.w.body, body...)
}

// change adds an ENVCHANGE of text.
func (r reply) change(what byte, now, before []byte) {
	body := append([]byte{what, byte(len(now) / 2)}, now...)
	r.token(0xE3, append(append(body, byte(len(before)/2)), before...))
}

// transaction adds an ENVCHANGE of a transaction: begun 8, committed 9, rolled back 10.
func (r reply) transaction(what byte, id uint64) {
	if what == 8 {
		r.token(0xE3, append(little.AppendUint64([]byte{what, 8}, id), 0))
		return
	}
	r.token(0xE3, little.AppendUint64([]byte{what, 0, 8}, id))
}

// fail adds an ERROR, and those before it.
func (r reply) fail(e *Error) {
	for _, before := range e.Before {
		r.fail(before)
	}
	class, text := e.Class, utf16le(nil, e.Message)
	if class == 0 {
		class = 16
	}
	server, proc := utf16le(nil, "TDSTEST"), utf16le(nil, e.Proc)
	body := append(little.AppendUint32(nil, uint32(e.Number)), e.State, class)
	body = append(little.AppendUint16(body, uint16(len(text)/2)), text...)
	body = append(append(body, byte(len(server)/2)), server...)
	body = append(append(body, byte(len(proc)/2)), proc...)
	r.token(0xAA, little.AppendUint32(body, 1))
}

func (r reply) done(token byte, status uint16, rows uint64) {
	const selected = 0xC1
	r.w.body = little.AppendUint16(append(r.w.body, token), status)
	r.w.body = little.AppendUint16(r.w.body, selected)
	r.w.body = little.AppendUint64(r.w.body, rows)
}

// finish ends a statement: with the number of its rows, or with an error.
func (r reply) finish(kind Kind, status uint16, rows uint64) error {
	if kind == Batch {
		r.done(tokenDone, status, rows)
		return r.w.end()
	}
	if status&doneError == 0 {
		r.done(tokenDoneInProc, status|doneMore, rows)
		r.w.body = append(r.w.body, 0x79, 0, 0, 0, 0) // return status
	}
	r.done(tokenDoneProc, status&doneError, 0)
	return r.w.end()
}
