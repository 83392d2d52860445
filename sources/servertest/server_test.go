package servertest

import (
	"database/sql"
	"testing"
)

func TestReaderMayOnlyRead(t *testing.T) {
	t.Run("mariadb", func(t *testing.T) { readerMayOnlyRead(t, MariaDB, "mysql") })
	t.Run("postgresql", func(t *testing.T) { readerMayOnlyRead(t, PostgreSQL, "pgx") })
}

func readerMayOnlyRead(t *testing.T, start func(testing.TB) *Server, driver string) {
	s := start(t)
	if _, err := s.Root.Exec("CREATE TABLE a (x INT)"); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(driver, s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT COUNT(*) FROM a").Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	if _, err := db.Exec("INSERT INTO a VALUES (1)"); err == nil {
		t.Fatal("the reader could write")
	}
	if other := start(t); other.Database == s.Database {
		t.Fatal("two tests share a database")
	}
}

func TestPrivateComesBackAfterKillAndStop(t *testing.T) {
	t.Run("mariadb", func(t *testing.T) { comesBack(t, Private(t)) })
	t.Run("postgresql", func(t *testing.T) { comesBack(t, PrivatePostgreSQL(t)) })
}

func comesBack(t *testing.T, s *Server) {
	if _, err := s.Root.Exec("CREATE TABLE a (x INT)"); err != nil {
		t.Fatal(err)
	}
	for _, end := range []func(testing.TB){s.Kill, s.Stop} {
		end(t)
		if err := s.Root.Ping(); err == nil {
			t.Fatal("an ended server answers")
		}
		s.Start(t)
		if _, err := s.Root.Exec("INSERT INTO a VALUES (1)"); err != nil {
			t.Fatal(err)
		}
	}
}
