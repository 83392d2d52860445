package api

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

const maxDepth = 32

var errTooDeep = errors.New("nested too deeply")

// decoder reads JSON strictly: duplicate names, invalid UTF-8, too much depth and
// anything after the value are errors. A value of a wrong type is not: its path is
// remembered and reading goes on, so that what isn't JSON is told before what has
// the wrong type.
type decoder struct {
	body  bytes.Buffer
	json  jsontext.Decoder
	path  []step
	wrong string // path of the first value of a wrong type
	text  []byte // scratch
}

// step is a member of an object or, where name is empty, an element of a list.
type step struct {
	name  string
	index int
}

func (d *decoder) reset(body []byte) {
	d.body = *bytes.NewBuffer(body)
	d.json.Reset(&d.body)
	d.path = d.path[:0]
	d.wrong = ""
}

// end makes sure that nothing follows the value.
func (d *decoder) end() error {
	switch _, err := d.json.ReadToken(); {
	case err == nil:
		return errors.New("something follows the value")
	case err != io.EOF:
		return err
	}
	return nil
}

// skip reads past one value of any kind.
func (d *decoder) skip() error {
	for depth := d.json.StackDepth(); ; {
		if _, err := d.json.ReadToken(); err != nil {
			return err
		}
		switch now := d.json.StackDepth(); {
		case now > maxDepth:
			return errTooDeep
		case now <= depth:
			return nil
		}
	}
}

// want tells whether the next value is of this kind. Another value is read past:
// null, which stands for nothing at all, in silence, the rest as a wrong type.
func (d *decoder) want(kind jsontext.Kind) (bool, error) {
	switch found := d.json.PeekKind(); found {
	case kind:
		return true, nil
	case 'n':
		return false, d.skip()
	}
	d.note()
	return false, d.skip()
}

// note remembers the current path, if it is the first with a wrong type.
func (d *decoder) note() {
	if d.wrong != "" {
		return
	}
	var path []byte
	for _, s := range d.path {
		switch {
		case s.name == "":
			path = append(strconv.AppendInt(append(path, '['), int64(s.index), 10), ']')
		case len(path) > 0:
			path = append(append(path, '.'), s.name...)
		default:
			path = append(path, s.name...)
		}
	}
	d.wrong = string(path)
}

// field is a name that an object may have, and what reads its value.
type field struct {
	name string
	read func() error
}

// object reads the fields that are known and reads past the others.
func (d *decoder) object(fields ...field) (bool, error) {
	if ok, err := d.want('{'); !ok {
		return false, err
	}
	if _, err := d.json.ReadToken(); err != nil {
		return false, err
	}
	for d.json.PeekKind() == '"' {
		name, err := d.readText()
		if err != nil {
			return false, err
		}
		known := field{read: d.skip}
		for i := range fields {
			if fields[i].name == string(name) {
				known = fields[i]
				break
			}
		}
		d.path = append(d.path, step{name: known.name})
		if err := known.read(); err != nil {
			return false, err
		}
		d.path = d.path[:len(d.path)-1]
	}
	_, err := d.json.ReadToken()
	return true, err
}

// list calls each to read every element. A null is no element.
func (d *decoder) list(each func() error) (bool, error) {
	if ok, err := d.want('['); !ok {
		return false, err
	}
	if _, err := d.json.ReadToken(); err != nil {
		return false, err
	}
	at := len(d.path)
	d.path = append(d.path, step{})
	for ; ; d.path[at].index++ {
		switch kind := d.json.PeekKind(); kind {
		case ']', 0:
			d.path = d.path[:at]
			_, err := d.json.ReadToken()
			return true, err
		case 'n':
			d.note()
		}
		if err := each(); err != nil {
			return false, err
		}
	}
}

// readText reads a string; the bytes are good until the next call.
func (d *decoder) readText() ([]byte, error) {
	raw, err := d.json.ReadValue()
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	d.text, err = jsontext.AppendUnquote(d.text[:0], raw)
	return d.text, err
}

func (d *decoder) string(to *given[string]) error {
	ok, err := d.want('"')
	if !ok {
		return err
	}
	text, err := d.readText()
	*to = given[string]{string(text), true}
	return err
}

func (d *decoder) strings(to *[]string) error {
	_, err := d.list(func() error {
		var item given[string]
		err := d.string(&item)
		*to = appendUpTo(*to, item.value, maxFilters)
		return err
	})
	return err
}

// appendUpTo keeps one element more than there may be, which suffices to refuse them:
// a body of 1 MiB has room for so many small ones that they would take 300 MiB.
func appendUpTo[T any](list []T, item T, most int) []T {
	if len(list) > most {
		return list
	}
	return append(list, item)
}

func (d *decoder) bool(to *given[bool]) error {
	kind := d.json.PeekKind()
	if kind != 't' && kind != 'f' {
		_, err := d.want('t')
		return err
	}
	*to = given[bool]{kind == 't', true}
	return d.skip()
}

func (d *decoder) integer(to *given[int64]) error {
	ok, err := d.want('0')
	if !ok {
		return err
	}
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	if n, whole := wholeNumber(raw); whole {
		*to = given[int64]{n, true}
	} else {
		d.note()
	}
	return nil
}
