package tdstest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"
)

// open connects to a server with more in the DSN's query.
func open(t testing.TB, dsn string, more ...string) *sql.DB {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	for _, pair := range more {
		key, value, _ := strings.Cut(pair, "=")
		values.Set(key, value)
	}
	u.RawQuery = values.Encode()
	db, err := sql.Open("sqlserver", u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// one answers every statement with a single row.
func one(_ context.Context, _ Query) (*Result, error) { return Row("int", 1), nil }

func number(err error) int32 {
	var e mssql.Error
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func TestLogin(t *testing.T) {
	s := Start(t, one)
	db := open(t, s.DSN(), "app name=bryggan", "applicationintent=ReadOnly", "database=ByggR", "workstation id=här")
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	want := Login{User: "reader", Password: "secret", Database: "ByggR", App: "bryggan", Host: "här", Server: "127.0.0.1", ReadOnly: true, PacketSize: 4096}
	if got := s.Logins(); len(got) != 1 || got[0] != want {
		t.Errorf("logins %+v, want %+v", got, want)
	}
}

func TestLoginRefused(t *testing.T) {
	for _, refused := range []int32{18456, 4060, 40613} {
		s := Config{Handler: one, Check: func(l Login) *Error {
			if l.Database == "there" {
				return nil
			}
			return Err(refused)
		}}.Start(t)
		if err := open(t, s.DSN(), "database=gone").Ping(); number(err) != refused {
			t.Errorf("error %v, want number %d", err, refused)
		}
		if err := open(t, s.DSN(), "database=there").Ping(); err != nil {
			t.Errorf("the right database: %v", err)
		}
	}
}

func TestInstance(t *testing.T) {
	s := Config{Handler: one, Instance: "BYGGR"}.Start(t)
	host, name, _ := strings.Cut(s.Instance(), `\`)
	if err := open(t, "sqlserver://a:b@"+host+"/"+name+"?encrypt=disable").Ping(); err != nil {
		t.Fatal(err)
	}
	if got := s.Logins()[0].Server; got != s.Instance() {
		t.Errorf("the client names the server %s, want %s", got, s.Instance())
	}
}

func TestErrorsByNumber(t *testing.T) {
	for want := range errorTexts {
		s := Start(t, func(_ context.Context, q Query) (*Result, error) { return nil, Err(want) })
		db := open(t, s.DSN())
		for _, args := range [][]any{nil, {1}} {
			rows, err := db.Query("SELECT 1 x", args...)
			if err == nil {
				rows.Next()
				err = rows.Err()
				rows.Close()
			}
			if number(err) != want {
				t.Errorf("with %v: error %v, want number %d", args, err, want)
			}
		}
		if now, most := s.Connections(); now != 1 || most != 1 {
			t.Errorf("number %d: %d connections, at most %d, want the same one throughout", want, now, most)
		}
	}
}

func TestFatalErrorEndsConnection(t *testing.T) {
	s := Start(t, func(_ context.Context, q Query) (*Result, error) {
		return nil, &Error{Number: 596, Class: 21, Message: "Cannot continue the execution because the session is in the kill state."}
	})
	db := open(t, s.DSN())
	var x int
	if err := db.QueryRow("SELECT 1 x").Scan(&x); number(err) != 596 {
		t.Errorf("error %v", err)
	}
	for range 2 { // the driver finds out with the first
		_ = db.QueryRow("SELECT 1 x").Scan(&x)
	}
	if n := len(s.Logins()); n < 2 {
		t.Errorf("%d logins, want a new connection after the error", n)
	}
}
