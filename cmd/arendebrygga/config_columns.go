package main

import (
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// columns checks the declared columns of a query.
func (c *checker) columns(path string, raw map[string]text) adapter.Columns {
	if len(raw) == 0 && !c.children(path) {
		if !c.gone(path) {
			c.add(c.at(path), "columns is missing", "the columns of the query with their types, such as columns: { ArendeId: int, Dnr: string }")
		}
		return nil
	}
	var columns adapter.Columns
	for _, name := range inFileOrder(c, path, raw) {
		t := raw[name]
		if i := columns.Index(name); i >= 0 {
			c.add(c.at(join(path, name)), fmt.Sprintf("columns %s and %s differ only in case", columns[i].Name, name), "databases do not tell them apart: give one of them an alias in the query")
			continue
		}
		typ := adapter.ColumnType(t.Text)
		if !slices.Contains(adapter.ColumnTypes, typ) {
			c.add(t.At, fmt.Sprintf("column %s: there is no type %q", name, t.Raw), typeHint(t.Text))
			typ = "" // declared all the same: what refers to it is no mistake
		}
		columns = append(columns, adapter.Column{Name: name, Type: typ})
	}
	for sub := range c.broken { // told about already: what refers to it is no mistake
		if parent(sub) == path && columns.Index(lastKey(sub)) < 0 {
			columns = append(columns, adapter.Column{Name: lastKey(sub)})
		}
	}
	return columns
}

// typeHint answers the names that databases have for the types.
func typeHint(word string) string {
	names := make([]string, len(adapter.ColumnTypes))
	for i, t := range adapter.ColumnTypes {
		names[i] = string(t)
	}
	known := map[string]adapter.ColumnType{
		"varchar": adapter.String, "nvarchar": adapter.String, "char": adapter.String, "text": adapter.String,
		"bigint": adapter.Int, "integer": adapter.Int, "smallint": adapter.Int, "long": adapter.Int,
		"datetime": adapter.Time, "timestamp": adapter.Time, "datetime2": adapter.Time,
		"bit": adapter.Bool, "boolean": adapter.Bool, "double": adapter.Float, "real": adapter.Float,
		"numeric": adapter.Decimal, "money": adapter.Decimal, "blob": adapter.Bytes, "guid": adapter.UUID,
	}
	base, _, _ := strings.Cut(strings.ToLower(word), "(")
	if t, ok := known[base]; ok {
		return "did you mean " + string(t) + "?"
	}
	return "one of " + strings.Join(names, ", ")
}

// column finds the column that a leaf names, among those of a query. types limits
// what it may be declared as; none: anything. The result is spelt as declared, or
// empty if there was a mistake or nothing was asked for.
func (c *checker) column(t text, path string, columns adapter.Columns, types ...adapter.ColumnType) string {
	if !t.set() || len(columns) == 0 { // without columns that is the mistake to mend first
		return ""
	}
	if strings.TrimSpace(t.Text) == "" {
		c.add(t.At, lastKey(path)+" is empty", "name a column, or leave the key out")
		return ""
	}
	i := columns.Index(t.Text)
	if i < 0 {
		c.add(t.At, fmt.Sprintf("%s: the query has no column %q", lastKey(path), t.Raw), adapter.Suggest(t.Text, columns.Names()))
		return ""
	}
	col := columns[i]
	if len(types) > 0 && col.Type != "" && !slices.Contains(types, col.Type) {
		wanted := make([]string, len(types))
		for i, t := range types {
			wanted[i] = string(t)
		}
		c.add(t.At, fmt.Sprintf("%s: column %s is declared as %s", lastKey(path), col.Name, col.Type), "wanted here: "+strings.Join(wanted, " or "))
		return ""
	}
	return col.Name
}

// identifying are the types whose values identify something exactly.
var identifying = [...]adapter.ColumnType{adapter.Int, adapter.String, adapter.UUID, adapter.Decimal}

// code makes the code of a leaf.
func code(t text) adapter.Code { return adapter.Code{Text: t.Text, At: t.At} }
