package sources

import (
	"go/ast"
	"go/build"
	"go/parser"
	gotoken "go/token"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/microsoft/go-mssqldb/msdsn"
)

// TestMSSQLDSNWords has the words of a DSN misspelt, taken from other drivers, and torn
// from a password, in each of the driver's three forms.
func TestMSSQLDSNWords(t *testing.T) {
	const unknown, torn = "the DSN has what the driver does not know: ", "the DSN has a piece without a meaning, not shown here"
	for dsn, want := range map[string]string{
		"server=sql07;user id=bro;password=hemligt;encrpyt=true":                                                            unknown + "encrpyt (did you mean encrypt?)",
		"Data Source=sql07;Initial Catalog=ByggR;UID=bro;PWD=hemligt;Trust Server Certificate=true;Connect Timeout=5;App=x": "",
		"server=sql07;Integrated Security=SSPI;MultipleActiveResultSets=true":                                               unknown + "integrated security (leave it out: authenticator, or user id and password, say how to log in); multipleactiveresultsets (leave it out)",
		"server=sql07;password=hem;ligt;user id=bro":                                                                        torn,
		"server=sql07;password=hem;ligt=x;user id=bro":                                                                      torn,
		`server=sql07;password="hem;ligt=x";user id=bro`:                                                                    "",
		"server=sql07;user id=bro;change password=hemligt":                                                                  unknown + "change password (leave it out)",
		"odbc:server=sql07;user id=bro;password={hem;li}}gt=x};Database=ByggR;":                                             "",
		"odbc:Driver={ODBC Driver 18 for SQL Server};server=sql07;uid=bro;password={hemligt};databse=ByggR":                 unknown + "driver (leave it out); uid (write user id); databse (did you mean database?)",
		"odbc:server=sql07;password=hem;ligt":                                                                               torn,
		"sqlserver://bro:hem%3Bligt@sql07/BYGGR?database=ByggR&App+Name=x&TrustServerCertificate=true&dial%20timeout=3":     "",
		"sqlserver://bro:hemligt@sql07?databas=ByggR&fedauth=ActiveDirectoryDefault":                                        unknown + "databas (did you mean database?); fedauth (leave it out: authenticator, or user id and password, say how to log in)",
		"sqlserver://sql07?user+id=bro&password=hem&ligt":                                                                   torn,
		"sqlserver://bro@sql07?Initial+Catalog=ByggR#database=x":                                                            unknown + "initial catalog (write database)",
	} {
		cfg, err := msdsn.Parse(dsn)
		if err != nil {
			t.Errorf("%s: %v", dsn, err)
			continue
		}
		got := ""
		if err := unknownWords(dsn, cfg); err != nil {
			got = err.Error()
		}
		if got != want && (want != torn || !strings.HasPrefix(got, torn)) {
			t.Errorf("%s:\n got %s\nwant %s", dsn, got, want)
		}
		if strings.Contains(got, "hem") || strings.Contains(got, "ligt") {
			t.Errorf("a secret is shown: %s", got)
		}
	}
}

// TestMSSQLDSNTakesWhatTheDriverTakes: each word that the driver's own list has, as it is
// now, in each form.
func TestMSSQLDSNTakesWhatTheDriverTakes(t *testing.T) {
	found, err := build.Import("github.com/microsoft/go-mssqldb/msdsn", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(gotoken.NewFileSet(), filepath.Join(found.Dir, "conn_str.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	ast.Inspect(file, func(n ast.Node) bool {
		decl, ok := n.(*ast.GenDecl)
		if !ok || decl.Tok != gotoken.CONST {
			return true
		}
		for _, spec := range decl.Specs {
			for _, value := range spec.(*ast.ValueSpec).Values {
				if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
					word, _ := strconv.Unquote(lit.Value)
					words = append(words, word)
				}
			}
		}
		return false
	})
	if len(words) < 30 {
		t.Fatalf("only %d words found in %s", len(words), found.Dir)
	}
	for _, word := range append(words, mssqlParameters...) {
		if word == msdsn.ChangePassword {
			continue
		}
		if !slices.Contains(mssqlParameters, word) {
			t.Errorf("the driver knows %s", word)
		}
		for _, dsn := range []string{word + "=1", "odbc:" + word + "=1", "sqlserver://sql07?" + url.Values{word: {"1"}}.Encode()} {
			cfg, _ := msdsn.Parse(dsn) // its error is about the value
			if err := unknownWords(dsn, cfg); err != nil {
				t.Error(err)
			}
		}
	}
}
