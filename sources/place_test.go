package sources

import (
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

func placeOf(t *testing.T, src adapter.Source) string {
	t.Helper()
	place, err := src.Place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return place
}

// TestPlace has two servers with two databases each, one of them restarted.
func TestPlace(t *testing.T) {
	t.Run("mysql", func(t *testing.T) { placesDiffer(t, servertest.Private(t), servertest.MariaDB(t), serverBed) })
	t.Run("postgres", func(t *testing.T) {
		placesDiffer(t, servertest.PrivatePostgreSQL(t), servertest.PostgreSQL(t), postgresServerBed)
	})
}

func placesDiffer(t *testing.T, one, two *servertest.Server, bed func(*servertest.Server) *bed) {
	seen := map[string]bool{}
	for _, s := range []*servertest.Server{one, two} {
		b := bed(s)
		second := s.Database + "_second" // the test's PostgreSQL servers are copies of one: only names tell them apart
		b.exec(t, "CREATE DATABASE "+second)
		if b.kind == "mysql" {
			b.exec(t, "GRANT SELECT ON "+second+".* TO "+s.User)
		}
		for _, name := range []string{s.Database, second} {
			b.conn.Database = name
			src := b.open(t, b.history())
			place := placeOf(t, src)
			if place == "" || len(place) > 20 || seen[place] {
				t.Errorf("%q after %v", place, seen)
			}
			seen[place] = true
			if again := placeOf(t, b.open(t, b.history())); again != place {
				t.Errorf("%q to another connection, %q before", again, place)
			}
			if s == one {
				s.Stop(t)
				s.Start(t)
				if again := placeOf(t, src); again != place {
					t.Errorf("%q after a restart, %q before", again, place)
				}
			}
			src.Close()
		}
	}
}

// TestPlaceWithoutRights has a login that may not ask for the server's own number.
func TestPlaceWithoutRights(t *testing.T) {
	s := servertest.PrivatePostgreSQL(t)
	b := postgresServerBed(s)
	b.exec(t, "REVOKE ALL ON FUNCTION pg_control_system FROM PUBLIC", "CREATE DATABASE second")
	first := placeOf(t, b.open(t, b.history()))
	b.conn.Database = "second"
	second := placeOf(t, b.open(t, b.history()))
	s.Stop(t)
	s.Start(t)
	if again := placeOf(t, b.open(t, b.history())); first == "" || first == second || again != second {
		t.Error(first, second, again)
	}
}

// TestPlaceOfOlderServers has every way to ask answer or be passed over.
func TestPlaceOfOlderServers(t *testing.T) {
	b := mysqlBed(t)
	for i := range mysqlPlaces {
		dia := mysqlDialect
		dia.places = mysqlPlaces[i:]
		src := b.open(t, b.history()).(*poller)
		src.dia = &dia
		if place := placeOf(t, src); place == "" {
			t.Errorf("no place by %d", i)
		}
	}
}

func TestPlaceOfAFile(t *testing.T) {
	b := sqliteBed(t)
	if place := placeOf(t, b.open(t, b.history())); place != "" {
		t.Error(place)
	}
}
