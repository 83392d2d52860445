// Package tdstest is a small server of SQL Server's protocol, TDS 7.4, for the tests
// of every room. The real driver connects to it over loopback.
//
// [Start] gives a [Server] that asks a [Handler] for the answer to every [Query]: a
// [Result] with its [Column]s and rows, or an [Error] by its number. A handler
// recognises statements; there is no T-SQL here, so nothing is proven of syntax,
// locking, collations or real row versions, but much of what goes over the wire: the
// exact text, the types of parameters and columns, cut connections, cancelled
// statements ([Result] with a [Fault]), transactions and SET statements ([Session]),
// and logins ([Config]).
//
// A [Table] is a source of rows in memory that a test changes between polls. Its
// handler evaluates the few shapes of statements that a poller sends around a query.
//
// Values are, in rows and in parameters, by the type's name in the database:
//
//	bit                                        bool
//	tinyint smallint int bigint                any Go integer; int64 in parameters
//	decimal(p,s) numeric(p,s) money smallmoney string, such as "-12.50", or a Go integer
//	real float                                 float64
//	date time(n) datetime smalldatetime
//	datetime2(n)                               time.Time as a wall clock, or a string "2006-01-02 15:04:05.9999999"
//	datetimeoffset(n)                          time.Time, or such a string with " +02:00" behind it
//	char(n) varchar(n|max)                     string; sent as cp1252; "varchar(n) utf8" has a UTF-8 collation, and
//	                                           is sent as nvarchar, as SQL Server does with this driver
//	nchar(n) nvarchar(n|max)                   string
//	binary(n) varbinary(n|max)                 []byte
//	rowversion                                 uint64, or []byte of 8
//	uniqueidentifier                           string, such as "6F9619FF-8B86-D011-B42D-00C04FC964FF"
//	NULL of each                               nil
//	sql_variant hierarchyid point              none: results without rows may have such a column. A point is of a
//	                                           type of the CLR that the driver does not know
package tdstest
