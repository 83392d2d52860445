package mappings

import (
	"strconv"
	"time"

	"arendebrygga/adapter"

	"github.com/expr-lang/expr/vm"
)

// evaluator runs compiled expressions over one row after the other. It is used by
// one goroutine at a time.
type evaluator struct {
	columns adapter.Columns
	keys    []string // variable of each column
	digits  []string // variable of its digits, for decimals
	used    []bool
	env     map[string]any
	missing []*nullError // of each column
	rad     []any
	machine vm.VM
	text    []byte // what a text is written into, before the next one
}

// maxElements bounds the lists that one evaluation may make.
const maxElements = 10_000

func newEvaluator(s *scope) *evaluator {
	e := &evaluator{columns: s.columns, machine: vm.VM{MemoryBudget: maxElements}, used: s.use.columns, env: map[string]any{}, keys: make([]string, len(s.columns)), digits: make([]string, len(s.columns))}
	for i, c := range s.columns {
		e.keys[i] = valueOf(c)
		e.missing = append(e.missing, &nullError{c.Name})
		if c.Type == adapter.Decimal {
			e.digits[i] = digitsOf(c)
		}
	}
	return e
}

// row sets the row that expressions read. Only columns that some expression uses
// are copied.
func (e *evaluator) row(values []any) {
	e.rad = values
	for i, used := range e.used {
		if !used {
			continue
		}
		var v any
		if i < len(values) {
			v = values[i]
		}
		if n, ok := v.(adapter.Number); ok {
			v = nil
			if f, err := strconv.ParseFloat(string(n), 64); err == nil {
				v = f
			}
			e.env[e.digits[i]] = string(n)
		} else if e.digits[i] != "" {
			e.env[e.digits[i]] = nil
		}
		e.env[e.keys[i]] = v
	}
}

// change sets the names that say what happened.
func (e *evaluator) change(ch *adapter.StatusChange, zone *time.Location) {
	e.env["ny"], e.env["gammal"], e.env["tidpunkt"] = ch.Ny, ch.Gammal, ch.Tidpunkt.In(zone)
}

// run evaluates an expression over the present row. An error is a nullError if a
// column that it needs is NULL.
func (e *evaluator) run(c *code) (any, error) {
	for _, i := range c.needs {
		if e.value(i) == nil {
			return nil, e.missing[i]
		}
	}
	return e.machine.Run(c.program, e.env)
}

// value gives the present row's value of a column.
func (e *evaluator) value(column int) any {
	if column < len(e.rad) {
		return e.rad[column]
	}
	return nil
}
