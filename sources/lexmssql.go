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
	{words: "FOR BROWSE", message: "the query has a FOR BROWSE", hint: "take it away: the adapter only reads"},
	{words: "GO", message: "the query has a GO", hint: "give one SELECT: GO is a command of the tools, not of the server"},
	{words: "UPDLOCK", deep: true, message: "the query locks rows with UPDLOCK", hint: "take it away: the adapter only reads"},
	{words: "XLOCK", deep: true, message: "the query locks rows with XLOCK", hint: "take it away: the adapter only reads"},
	{words: "TABLOCK", deep: true, message: "the query locks a table with TABLOCK", hint: "take it away: the adapter only reads"},
	{words: "TABLOCKX", deep: true, message: "the query locks a table with TABLOCKX", hint: "take it away: the adapter only reads"},
	{words: "HOLDLOCK", deep: true, message: "the query keeps locks with HOLDLOCK", hint: "take it away: the adapter only reads"},
	{words: "SERIALIZABLE", deep: true, message: "the query keeps locks with SERIALIZABLE", hint: "take it away: the adapter only reads"},
}

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
