// Package api serves the standard API of Mina ärenden (version 6.1) over a
// [sink.Store].
//
// The nouns, in the order a question meets them: [New] makes the handler from a
// [Config]; its router finds a route, which has a form for its errors; a [Consumer]
// is known by its API key and has a [Policy], which says whose kundhändelser it may
// ask for; the body is read into a question, whose faults are all told at once; the
// question is put to the store part by part, and the answer is put together from the
// finished fragments that the store keeps. [Serve] runs the handler on a listener
// with the limits that a public address needs.
package api
