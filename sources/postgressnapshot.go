package sources

// postgresSnapshots are for PostgreSQL 13 and later, and for those before.
var postgresSnapshots = []snapshotRule{
	postgresSnapshot("pg_snapshot_xmin(pg_current_snapshot())", "pg_snapshot_xmax(pg_current_snapshot())"),
	postgresSnapshot("txid_snapshot_xmin(txid_current_snapshot())", "txid_snapshot_xmax(txid_current_snapshot())"),
}

// postgresSnapshot notes, behind a v, the virtual numbers of the transactions that
// are open in this database: every transaction holds a lock on its own until its end,
// and every login may see these locks. They have ended when none of the locks is held
// and no transaction is prepared, which keeps its rows but gives its lock up.
//
// The numbers of a snapshot alone would not do. xmax is one more than the greatest
// number that has ended, so that transactions with greater ones may be at work; one
// that has only read so far has no number at all, but its now() is its beginning; and
// transactions of other databases count. A standby sees only those numbers: there it
// is an x and xmax, and has ended when xmin has come that far.
//
// Backups, which only read and take hours, are not waited for, nor are we.
func postgresSnapshot(xmin, xmax string) snapshotRule {
	return snapshotRule{
		take: `SELECT CASE WHEN pg_is_in_recovery() THEN 'x' || ` + xmax + ` ELSE 'v' || coalesce((SELECT string_agg(l.virtualxid, ',')
 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'virtualxid' AND l.virtualxid = l.virtualtransaction AND a.datname = current_database()
 AND a.usesysid IS NOT NULL AND a.application_name NOT IN ('` + applicationName + `', 'pg_dump', 'pg_basebackup')), '') END`,
		settled: `SELECT string_agg(CASE WHEN left(n.key, 1) = 'x' THEN CASE WHEN substr(n.key, 2)::bigint <= s.xmin THEN '1' ELSE '0' END
 WHEN s.prepared OR string_to_array(substr(n.key, 2), ',') && s.held THEN '0' ELSE '1' END, '' ORDER BY n.i)
 FROM unnest(string_to_array(` + numberedMark + `::text, ';')) WITH ORDINALITY n(key, i),
 (SELECT ` + xmin + `::text::bigint AS xmin,
 EXISTS (SELECT 1 FROM pg_prepared_xacts WHERE database = current_database()) AS prepared,
 ARRAY(SELECT virtualxid FROM pg_locks WHERE locktype = 'virtualxid' AND virtualxid = virtualtransaction) AS held) s`,
	}
}
