package mappings

import (
	"reflect"
	"slices"
	"time"

	"arendebrygga/adapter"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
)

// scope is what an expression can see: the columns of one query and a few names.
type scope struct {
	columns adapter.Columns
	names   types.Map // besides rad
	zone    *time.Location
	use     *usage
}

// usage is what the expressions compiled in a scope, and in those made from it,
// read.
type usage struct {
	columns []bool
	gammal  bool
}

// The names that an expression can use besides rad.
var (
	statusNames = types.Map{"ny": types.String, "gammal": types.String, "tidpunkt": types.TypeOf(time.Time{})}
	typNames    = types.Map{"typ": types.Map{"id": types.String, "namn": types.String}}
)

func newScope(columns adapter.Columns, zone *time.Location, names ...types.Map) *scope {
	if zone == nil {
		zone = time.UTC
	}
	s := &scope{columns: columns, names: types.Map{}, zone: zone, use: &usage{columns: make([]bool, len(columns))}}
	for _, m := range names {
		for name, t := range m {
			s.names[name] = t
		}
	}
	return s
}

// with gives a scope that sees more names, over the same columns.
func (s *scope) with(names types.Map) *scope {
	t := newScope(s.columns, s.zone, s.names, names)
	t.use = s.use
	return t
}

// goTypes are the types that columns have inside an expression. A decimal is a
// float64 there, for comparing and counting; texts print its digits (see guard).
var goTypes = map[adapter.ColumnType]types.Type{
	adapter.String: types.String, adapter.UUID: types.String, adapter.Int: types.Int, adapter.Bool: types.Bool,
	adapter.Decimal: types.Float64, adapter.Float: types.Float64, adapter.Bytes: types.TypeOf([]byte(nil)),
	adapter.Time: types.TypeOf(time.Time{}), adapter.Date: types.TypeOf(time.Time{}),
}

// visible is the environment as the operator sees it, with rad.Column.
func (s *scope) visible() types.Map {
	rad := types.Map{}
	for _, c := range s.columns {
		rad[c.Name] = goTypes[c.Type]
	}
	env := types.Map{"rad": rad}
	for name, t := range s.names {
		env[name] = t
	}
	return env
}

// flat is the environment as it runs: a column is one variable, so that a row needs
// no map of its own. The names hold a full stop, so no operator's name meets them.
func (s *scope) flat() types.Map {
	env := s.visible()
	for _, c := range s.columns {
		env[valueOf(c)] = goTypes[c.Type]
		if c.Type == adapter.Decimal {
			env[digitsOf(c)] = types.String
		}
	}
	return env
}

func valueOf(c adapter.Column) string  { return "rad." + c.Name }
func digitsOf(c adapter.Column) string { return "digits." + c.Name }

func (s *scope) options(env types.Map, language string) []expr.Option {
	opts := append([]expr.Option{expr.Env(env)}, functions(language, s.zone)...)
	for _, name := range slices.Concat(switchedOff, oversized) {
		opts = append(opts, expr.DisableBuiltin(name))
	}
	return opts
}

var (
	timeType  = reflect.TypeFor[time.Time]()
	bytesType = reflect.TypeFor[[]byte]()
)
