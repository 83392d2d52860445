package tdstest

import (
	"fmt"
	"strconv"
	"strings"
)

// Column is a column of a result.
type Column struct {
	Name    string
	Type    string // see the package
	NotNull bool
}

// Columns reads columns as CREATE TABLE has them: "Id bigint not null", with the name
// in brackets if it has blanks.
func Columns(declared ...string) []Column {
	columns := make([]Column, len(declared))
	for i, text := range declared {
		name, typ, _ := strings.Cut(text, " ")
		if strings.HasPrefix(text, "[") {
			name, typ, _ = strings.Cut(text[1:], "] ")
			name = strings.ReplaceAll(name, "]]", "]")
		}
		typ, notNull := strings.CutSuffix(typ, " not null")
		columns[i] = Column{Name: name, Type: strings.TrimSpace(typ), NotNull: notNull}
	}
	return columns
}

// kind is a type as it goes over the wire.
type kind struct {
	name        string // without length
	id          byte   // where it may be NULL
	fixed       byte   // where it may not; 0: as id
	size        int    // in bytes; maxSize for (max)
	prec, scale int
	user        uint32 // user type
	utf8        bool
	bare        bool // sent without a length, as it is never NULL
}

const maxSize = 0xFFFF

// kinds are the types by name.
var kinds = map[string]kind{
	"bit":              {id: 0x68, fixed: 0x32, size: 1},
	"tinyint":          {id: 0x26, fixed: 0x30, size: 1},
	"smallint":         {id: 0x26, fixed: 0x34, size: 2},
	"int":              {id: 0x26, fixed: 0x38, size: 4},
	"bigint":           {id: 0x26, fixed: 0x7F, size: 8},
	"real":             {id: 0x6D, fixed: 0x3B, size: 4},
	"float":            {id: 0x6D, fixed: 0x3E, size: 8},
	"smallmoney":       {id: 0x6E, fixed: 0x7A, size: 4, scale: 4},
	"money":            {id: 0x6E, fixed: 0x3C, size: 8, scale: 4},
	"smalldatetime":    {id: 0x6F, fixed: 0x3A, size: 4},
	"datetime":         {id: 0x6F, fixed: 0x3D, size: 8},
	"decimal":          {id: 0x6A, prec: 18},
	"numeric":          {id: 0x6C, prec: 18},
	"date":             {id: 0x28, size: 3},
	"time":             {id: 0x29, scale: 7},
	"datetime2":        {id: 0x2A, scale: 7},
	"datetimeoffset":   {id: 0x2B, scale: 7},
	"uniqueidentifier": {id: 0x24, size: 16},
	"char":             {id: 0xAF, size: 1},
	"varchar":          {id: 0xA7, size: 1},
	"nchar":            {id: 0xEF, size: 2},
	"nvarchar":         {id: 0xE7, size: 2},
	"binary":           {id: 0xAD, size: 1},
	"varbinary":        {id: 0xA5, size: 1},
	"rowversion":       {id: 0xAD, size: 8, user: 80},
	"sql_variant":      {id: 0x62, size: 8009},
	"hierarchyid":      {id: 0xF0, size: 892},
	"point":            {id: 0xF0, size: maxSize},
}

// parseType reads a type such as "decimal(10,2)" or "varchar(40) utf8".
func parseType(text string) (kind, error) {
	plain, utf8 := strings.CutSuffix(strings.ToLower(text), " utf8")
	name, rest, sized := strings.Cut(strings.TrimSuffix(plain, ")"), "(")
	k, known := kinds[name]
	if !known {
		return k, fmt.Errorf("no type %q", text)
	}
	k.name, k.utf8 = name, utf8
	if utf8 { // a driver that does not ask for UTF-8 is given UTF-16
		k.id, k.size = k.id|0x40, 2*k.size
	}
	if !sized {
		return k, nil
	}
	first, second, _ := strings.Cut(rest, ",")
	n, err := strconv.Atoi(strings.TrimSpace(first))
	switch {
	case first == "max":
		k.size = maxSize
	case err != nil:
		return k, fmt.Errorf("no type %q: %w", text, err)
	case k.id == 0x6A || k.id == 0x6C:
		k.prec = n
		k.scale, _ = strconv.Atoi(strings.TrimSpace(second))
	case k.id >= 0x28 && k.id <= 0x2B:
		k.scale = n
	default:
		if k.size *= n; k.size > 8000 {
			k.size = maxSize
		}
	}
	return k, nil
}

// Finnish_Swedish_CI_AS: locale 0x41D, ignoring case, kana and width. Its code page is
// 1252. The same in version 2 with UTF-8 is Finnish_Swedish_100_CI_AS_SC_UTF8.
var (
	swedish     = []byte{0x1D, 0x04, 0xD0, 0x00, 0x00}
	swedishUTF8 = []byte{0x1D, 0x04, 0xD0, 0x24, 0x00}
)

// typeInfo is how COLMETADATA tells a type.
func (k kind) typeInfo(buf []byte, notNull bool) []byte {
	if notNull && k.fixed != 0 {
		return append(buf, k.fixed)
	}
	buf = append(buf, k.id)
	switch {
	case k.id == 0x28:
	case k.id == 0x62:
		buf = little.AppendUint32(buf, uint32(k.size))
	case k.id == 0xF0: // without the names of a database, a schema and an assembly
		buf = append(little.AppendUint16(buf, uint16(k.size)), 0, 0, byte(len(k.name)))
		buf = append(utf16le(buf, k.name), 0, 0)
	case k.id >= 0x29 && k.id <= 0x2B:
		buf = append(buf, byte(k.scale))
	case k.id == 0x6A || k.id == 0x6C:
		buf = append(buf, 17, byte(k.prec), byte(k.scale))
	case k.id < 0x80:
		buf = append(buf, byte(k.size))
	default:
		buf = append(buf, byte(k.size), byte(k.size>>8))
		switch {
		case k.utf8:
			buf = append(buf, swedishUTF8...)
		case k.id&0x02 != 0: // text, not binary or varbinary
			buf = append(buf, swedish...)
		}
	}
	return buf
}

// metadata is the COLMETADATA token.
func metadata(buf []byte, columns []Column) ([]byte, []kind, error) {
	buf = append(buf, 0x81, byte(len(columns)), byte(len(columns)>>8))
	list := make([]kind, len(columns))
	for i, col := range columns {
		k, err := parseType(col.Type)
		if err != nil {
			return nil, nil, fmt.Errorf("column %s: %w", col.Name, err)
		}
		k.bare = col.NotNull && k.fixed != 0
		list[i] = k
		flags := byte(0x08) // may be updated, unknown whether
		if !col.NotNull {
			flags |= 1
		}
		buf = append(buf, byte(k.user), byte(k.user>>8), byte(k.user>>16), byte(k.user>>24), flags, 0)
		buf = k.typeInfo(buf, col.NotNull)
		name := utf16le(nil, col.Name)
		buf = append(append(buf, byte(len(name)/2)), name...)
	}
	return buf, list, nil
}
