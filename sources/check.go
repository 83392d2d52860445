package sources

import "arendebrygga/adapter"

// Check finds the mistakes in a definition's queries that can be seen without a
// database, all of them at once.
func Check(def *adapter.Definition) adapter.Problems { return nil }
