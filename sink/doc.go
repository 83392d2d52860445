// Package sink keeps what the loop finds: a [Store] over one bbolt file.
//
// The nouns, in the order a newcomer meets them: a [Store] is one file, held by
// one process; it takes an adapter.Batch at a time, each in one transaction, and
// renders every kundhändelse of it to finished JSON, one fragment for each
// language; a [Query] names the kund or the ärende (or both) that is asked about;
// an [Event] is what the answer hands to its caller, newest first; [Store.Verify]
// holds the indexes against what they are made from.
//
// Nothing that identifies a person or a case stands in any key: keys hold numbers
// of producers and sources, times, and HMACs under a key that is made with the
// file. No bbolt type leaves the package.
package sink
