// Package servertest starts real database servers for the tests of every room.
//
// [MariaDB] and [PostgreSQL] give a test a fresh database, with a login that may only
// read, on one server that all tests of a binary share. [Private] and
// [PrivatePostgreSQL] give it a server of its own, with the options it wants and to
// be stopped, started and killed as it likes.
// Servers live in a temporary folder, listen on loopback and end with the test
// binary however that ends: each is the child of a shell that waits on a pipe from
// the binary. Where the server program is not installed the test is skipped; with
// CI=true in the environment it fails instead.
package servertest
