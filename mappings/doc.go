// Package mappings turns status changes into kundhändelser by rules that an
// operator writes in YAML.
//
// The nouns, in the order a newcomer meets them: [Load] reads mapping files and
// checks everything that can be checked before the first row arrives; what it finds
// wrong is a list of [adapter.Problem]s with file, line and column. What it gives is
// a [Set]: the compiled files of every source. [Set.Rules] picks those of one source
// as [adapter.Rules], which judge one [adapter.StatusChange] at a time. Inside, a
// pattern takes statuses, a condition is an expression that decides, a template is a
// text with values in it, and [Normalise] makes a kund's twelve digits of whatever
// the case system holds.
package mappings
