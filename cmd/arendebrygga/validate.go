package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"arendebrygga/adapter"
	"arendebrygga/sources"

	"github.com/spf13/cobra"
)

// newValidateCommand makes `arendebrygga validate`.
func newValidateCommand(environ []string) *cobra.Command {
	var path string
	var asJSON, connect bool
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Publishes nothing: checks the configuration and the mapping files",
		Long: `Publishes nothing: checks the configuration and the mapping files.

Reads the files and connects to nothing. Every mistake is printed as
file:line:col: message, with a hint how to mend it. What only matters to run, such
as a password file that is not on this machine, is a warning.

With --connect it also asks the databases, if the files are right: whether the login
may read what it has to and nothing more, whether the queries give the columns that
are declared, and how a poll would be carried out. It only reads.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, l := validate(path, environ)
			if connect && l != nil {
				v.connect(cmd.Context(), l.Config.Sources)
			}
			print := v.text
			if asJSON {
				print = v.json
			}
			if err := print(cmd.OutOrStdout()); err != nil {
				return err
			}
			if !v.OK {
				return errReported
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&path, "config", "c", "arendebrygga.yaml", "the configuration `file`")
	cmd.Flags().BoolVar(&connect, "connect", false, "ask the databases, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// verdict is what validate finds.
type verdict struct {
	OK       bool          `json:"ok"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Problems []problemJSON `json:"problems"`
	Sources  int           `json:"sources"` // 0 if there are errors, as the two below
	Files    int           `json:"mappingFiles"`
	Types    int           `json:"kundhandelsetyper"`
	Asked    []inspected   `json:"databases,omitempty"` // with --connect, if there are no errors
	problems adapter.Problems
}

// problemJSON is an [adapter.Problem] for programs.
type problemJSON struct {
	File    string `json:"file,omitempty"` // or the environment variable
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"col,omitempty"`
	Message string `json:"message"`
	Excerpt string `json:"excerpt,omitempty"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning"`
}

// validate reads and checks the files. What they hold is nil if there are errors.
func validate(path string, environ []string) (verdict, *loaded) {
	l, problems := loadToServe(path, environ, nil, true)
	errs, warnings := problems.Split()
	v := verdict{OK: len(errs) == 0, Errors: len(errs), Warnings: len(warnings), Problems: []problemJSON{}, problems: problems}
	if l != nil {
		v.Sources = len(l.Config.Sources)
		v.Files, v.Types = l.Rules.Count()
	}
	for _, p := range problems {
		v.Problems = append(v.Problems, problemJSON{p.At.File, p.At.Line, p.At.Col, p.Message, p.Excerpt, p.Hint, p.Warning})
	}
	return v, l
}

// connect asks the databases.
func (v *verdict) connect(ctx context.Context, list []Source) {
	v.Asked = inspect(ctx, list, func(ctx context.Context, src Source) (sources.Inspection, error) {
		if src.Unread { // to try without the password may lock the login
			return sources.Inspection{Findings: []sources.Finding{{Level: sources.Error, What: "not asked: a file of this connection cannot be read"}}}, nil
		}
		return sources.Inspect(ctx, src.Def, src.Conn)
	})
	v.tally()
}

// tally counts what the databases told as errors and warnings.
func (v *verdict) tally() {
	for i := range v.Asked {
		v.Errors += v.Asked[i].count(sources.Error)
		v.Warnings += v.Asked[i].count(sources.Warning)
	}
	v.OK = v.Errors == 0
}

func (v verdict) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (v verdict) text(w io.Writer) error {
	for _, p := range v.problems {
		if _, err := fmt.Fprintln(w, p); err != nil {
			return err
		}
	}
	for i := range v.Asked {
		if err := v.Asked[i].text(w); err != nil {
			return err
		}
	}
	line := countProblems(v.Errors, v.Warnings)
	if v.OK {
		line = fmt.Sprintf("ok: %s, %s, %s", plural(v.Sources, "source"), plural(v.Files, "mapping file"), plural(v.Types, "kundhändelsetyp"))
		if v.Warnings > 0 {
			line += ", " + plural(v.Warnings, "warning")
		}
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// countProblems gives such as "2 errors, 1 warning".
func countProblems(errs, warnings int) string {
	s := plural(errs, "error")
	if warnings > 0 {
		s += ", " + plural(warnings, "warning")
	}
	return s
}

func plural(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case word == "kundhändelsetyp":
		return fmt.Sprintf("%d %ser", n, word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
