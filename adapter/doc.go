// Package adapter holds the nouns of Ärendebryggan and the loop that moves them.
//
// The nouns, in the order a newcomer meets them: a [Definition] says how one
// source is read; the [Source] behind it hands out a [Page] of [Row]s at a time,
// beginning at a [Walk]; a row that is new, or whose [Case] has another status than
// its shadow remembers, becomes a [StatusChange]; the [Rules] turn it into a
// [Judgement] with one [Kundhandelse] for the [Identity] of each [Party] to the case
// whom it concerns, so that it is a [Change] with an [Outcome]; the [Store]
// takes everything that one page gave, with the [Checkpoint] that follows it, as
// one [Batch] in one transaction. [Loop] ties these together, one loop a source.
//
// The package imports none of its neighbours: sources, mappings and sink know it,
// it does not know them.
package adapter
