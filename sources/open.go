package sources

import (
	"errors"

	"arendebrygga/adapter"
)

// Connection says how to reach a source's database. Either DSN is set, or the
// parts that the kind needs: a Path for sqlite, the others for a server.
type Connection struct {
	Server, Database, User string
	Password, DSN          adapter.Secret
	Path                   string
	TLS                    string
}

// Open prepares a source. It does not talk to the database yet.
func Open(def *adapter.Definition, conn Connection) (adapter.Source, error) {
	return nil, errors.New("not built yet")
}

// Kinds lists the kinds of source that this version can read.
func Kinds() []string { return []string{"mysql", "sqlite"} }
