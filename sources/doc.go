// Package sources reads rows out of case systems.
//
// A [Connection] says how to reach a database, an adapter.Definition what to read
// from it; [Open] makes an adapter.Source of the two and [Check] tells what is
// wrong with a definition's queries before anything is opened. One poller serves
// every kind of database: it cuts the operator's query into windows on the cursor,
// bounded from both sides, and lets the database do every comparison. What differs
// between databases stands in a dialect, a struct of data, one file each; [Kinds]
// lists them.
package sources
