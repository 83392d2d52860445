package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"arendebrygga/sources"
)

// points is how many points the checklist of change detection has.
const points = 31

var pointTest = regexp.MustCompile(`^TestPoint([0-9]{2})_[A-Z]`)

const (
	oneWriter  = "has one writer at a time, so that nothing commits late"
	noVersions = "has no row versions"
)

// notOn says which kinds of database cannot have what a point is about, and why. All
// other points are held on every kind.
var notOn = map[string]map[string]string{
	"01": {"sqlite": oneWriter},
	"03": {"sqlite": noVersions, "mysql": noVersions, "postgres": noVersions},
	"04": {"sqlite": oneWriter, "mysql": "does not tell who may only read which transactions are open"},
	"14": {"sqlite": "is a file, to which no connection is cut"},
}

// TestChecklistIsComplete finds tests for each point of the checklist by their names,
// and in what they run the kinds of databases that they run on.
func TestChecklistIsComplete(t *testing.T) {
	tests, found := map[string]int{}, map[string]map[string]bool{}
	for _, room := range readRooms(t, "../..") {
		for name := range room.functions {
			m := pointTest.FindStringSubmatch(name)
			if m == nil {
				continue
			}
			if found[m[1]] == nil {
				found[m[1]] = map[string]bool{}
			}
			tests[m[1]]++
			maps.Copy(found[m[1]], room.runsOn(name))
		}
	}
	for n := 1; n <= points; n++ {
		point := fmt.Sprintf("%02d", n)
		if tests[point] == 0 {
			t.Errorf("no test is named TestPoint%s_…", point)
			continue
		}
		for _, kind := range sources.Kinds() {
			switch why, cannot := notOn[point][kind]; {
			case cannot && found[point][kind]:
				t.Errorf("point %s: %s %s, but a test runs on it", point, kind, why)
			case !cannot && !found[point][kind]:
				t.Errorf("point %s: no test runs on %s", point, kind)
			}
		}
	}
}

// TestKindsOfATest holds how the kinds are found, where the checklist rests on it.
func TestKindsOfATest(t *testing.T) {
	r := parseRoom(t, `package p
var both = []string{"mysql", "postgres-15"}
func on(t T, kinds []string, test func()) { servertest.MariaDB(t); tdstest.Start(t) }
func wrapped(t T, test func()) { on(t, both, test) }
func lite(t T) { sql.Open("sqlite", "") }
func real(t T) { servertest.SQLServer(t) }
func TestNamed(t T) { on(t, []string{"mssql", "mssql-real"}, func() { lite(t) }) }
func TestWrapped(t T) { t.Run("", func() { wrapped(t, nil) }) }
func TestOpened(t T) { open := servertest.PrivatePostgreSQL; open(t); bed(t).lite(); real(t) }
func bed(t T) T { lite(t); return t }
func system(t T, n int, kind string) { servertest.MariaDB(t); lite(t) }
func each(t T) { on(t, both, func(kind string) { system(t, 1, kind) }) }
func TestOne(t T) { system(t, 1, "sqlite") }
func TestEach(t T) { each(t) }
func TestOnPaper(t T) { day("sqlite") }
`)
	for name, want := range map[string][]string{"TestNamed": {"mssql"}, "TestWrapped": {"mysql"}, "TestOpened": {"postgres", "sqlite"}, "TestOne": {"sqlite"}, "TestEach": {"mysql"}, "TestOnPaper": nil} {
		if got := slices.Sorted(maps.Keys(r.runsOn(name))); !slices.Equal(got, want) {
			t.Errorf("%s runs on %v, want %v", name, got, want)
		}
	}
}
