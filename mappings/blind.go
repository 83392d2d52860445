package mappings

import (
	"fmt"

	"arendebrygga/adapter"
)

const blindHint = "what depends on the status before may be missed; mode: history sees every step"

// blindness says that a source in net mode cannot see every status before.
func (r *rules) blindness(what string) string {
	return fmt.Sprintf("%s is used, but the source %s is read in net mode, where steps between two polls are never seen", what, r.def.Name)
}

// lookedBack tells whether what was compiled since it was last asked uses gammal, of
// a source in net mode.
func (r *rules) lookedBack() bool {
	used := r.scope.use.gammal
	r.scope.use.gammal = false
	return used && r.def.Mode == adapter.Net
}

// blind warns, if it is so, that the source cannot see every status before.
func (r *reader) blind(at place, what string) {
	if r.rules != nil && r.rules.def.Mode == adapter.Net {
		r.warn(at, r.rules.blindness(what), blindHint)
	}
}

// lookedBack warns of that if what stands at this place uses gammal.
func (r *reader) lookedBack(at place) {
	if r.rules != nil && r.rules.lookedBack() {
		r.blind(at, "gammal")
	}
}
