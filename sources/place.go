package sources

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// Place says which database this is. It is a hash, as what the server tells of
// itself has names of hosts and folders in it.
//
// It stays the same over reconnects, restarts and the failover to another node of
// one cluster, and differs for a database that was restored into another server or
// under another name. A database of the same name in a copy of all of a PostgreSQL
// server's files cannot be told from the original.
func (p *poller) Place(ctx context.Context) (string, error) {
	text, _, err := p.first(ctx, p.dia.places)
	if err != nil {
		return "", p.failed("ask which database this is", err)
	}
	if text == "" {
		return "", nil
	}
	sum := sha256.Sum256([]byte(p.def.Kind + "\x00" + text))
	return hex.EncodeToString(sum[:8]), nil
}

// mysqlPlaces are what identifies a cluster, else a server: MySQL keeps a UUID in
// its data folder; MariaDB makes a hash of the machine's network address and the port.
var mysqlPlaces = []string{
	mysqlPlace("NULLIF((SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_cluster_state_uuid'), '')"),
	mysqlPlace("NULLIF((SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME = 'wsrep_cluster_state_uuid'), '')"),
	mysqlPlace("NULLIF(@@group_replication_group_name, '')"),
	mysqlPlace("NULLIF(@@server_uuid, '')"),
	mysqlPlace("NULLIF(@@server_uid, '')"),
	mysqlPlace("CONCAT_WS('/', @@hostname, @@port, @@datadir)"),
}

func mysqlPlace(server string) string {
	return "SELECT CONCAT(" + server + ", '/', COALESCE(DATABASE(), ''))"
}

// postgresPlaces begin with the number that a server gets when its data folder is
// made; a login may be denied that.
var postgresPlaces = []string{
	"SELECT s.system_identifier || '/' || d.oid || '/' || d.datname FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()",
	"SELECT oid || '/' || datdba || '/' || datname FROM pg_database WHERE datname = current_database()",
}
