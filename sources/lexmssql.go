package sources

import (
	"strings"
	"unicode"
)

// tsqlFaults are the words that only SQL Server knows. TOP is one only behind SELECT,
// as a column may be called so.
var tsqlFaults = []fault{
	{words: "SELECT TOP", message: "the query has a TOP", hint: boundsHint},
	{words: "SELECT DISTINCT TOP", message: "the query has a TOP", hint: boundsHint},
	{words: "SELECT ALL TOP", message: "the query has a TOP", hint: boundsHint},
	{words: "OPTION (", message: "the query has an OPTION", hint: "take it away: the adapter puts its own statement around the query, where only a view could have one"},
	{words: "FOR XML", message: "the query has a FOR XML", hint: "give columns, which the adapter reads by their names"},
	{words: "FOR JSON", message: "the query has a FOR JSON", hint: "give columns, which the adapter reads by their names"},
	{words: "FOR BROWSE", message: "the query has a FOR BROWSE", hint: readsHint},
	{words: "GO", message: "the query has a GO", hint: "give one SELECT: GO is a command of the tools, not of the server"},
	{words: "NOLOCK", deep: true, message: "NOLOCK" + dirtyReads, hint: dirtyHint},
	{words: "READUNCOMMITTED", deep: true, message: "READUNCOMMITTED" + dirtyReads, hint: dirtyHint},
	{words: "READPAST", deep: true, message: "the query leaves out locked rows with READPAST", hint: "take it away: a row that is being written when it is read would be passed, and found by a sweep at best"},
	{words: "NOWAIT", deep: true, message: "the query gives up at the first lock with NOWAIT", hint: "take it away: statements wait for a lock, but for 5 s only, and are then sent again"},
	locks("UPDLOCK", "rows"), locks("XLOCK", "rows"), locks("REPEATABLEREAD", "rows"), locks("PAGLOCK", "pages"),
	locks("TABLOCK", "a table"), locks("TABLOCKX", "a table"),
	{words: "READCOMMITTED", deep: true, message: "the query reads without a snapshot with READCOMMITTED", hint: isolationHint},
	{words: "READCOMMITTEDLOCK", deep: true, message: "the query waits for who writes with READCOMMITTEDLOCK", hint: isolationHint},
	{words: "HOLDLOCK", deep: true, message: "the query keeps locks with HOLDLOCK", hint: readsHint},
	{words: "SERIALIZABLE", deep: true, message: "the query keeps locks with SERIALIZABLE", hint: readsHint},
}

const (
	dirtyReads    = " reads rows that were never committed, twice or not at all"
	dirtyHint     = "leave it out; the adapter's statements are short, and read-only"
	isolationHint = "take it away: the adapter reads in snapshot isolation where the database allows it, where nobody waits for anybody"
)

// variable reads what begins with @: a variable, which is a parameter, or a function
// such as @@SERVERNAME.
func variable(s string) (text string, size int) {
	size = len(s) - len(strings.TrimLeftFunc(s[1:], func(r rune) bool {
		return r == '@' || r == '_' || r == '#' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
	}))
	if strings.HasPrefix(s, "@@") {
		return strings.ToUpper(s[:size]), size
	}
	return parameter, size
}
