package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFileForms holds that a file is taken as editors on every system write it, and
// what is said of one that cannot be.
func TestFileForms(t *testing.T) {
	b, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ok := string(b)
	const notUTF8 = "the file is not UTF-8\n  hint: save it as UTF-8 in the editor; å, ä and ö look the same but are stored otherwise"
	for name, c := range map[string]struct{ text, want string }{
		"byte order mark": {text: "\ufeff" + ok},
		"CRLF":            {text: strings.ReplaceAll(ok, "\n", "\r\n")},
		"UTF-16":          {"\xff\xfea\x00:\x00", ":1:1: " + notUTF8},
		"latin1":          {strings.Replace(ok, "Teststads", "Å\xe5", 1), ":1:21: " + notUTF8},
		"too large":       {ok + strings.Repeat("#", maxConfigSize), ": is larger than 1048576 bytes"},
		"empty":           {"", ": is empty"},
		"no-break space":  {strings.Replace(ok, "mode: h", "mode:\u00a0h", 1), ":6:5: not valid YAML: non-map value is specified\n  hint: the line holds a no-break space (U+00A0), which only looks like a blank: type its blanks anew"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "arendebrygga.yaml")
			writeFile(t, filepath.Join(dir, "mappings/tom.yaml"), "")
			writeFile(t, path, c.text)
			_, problems := loadConfig(path, nil, nil)
			if got := strings.ReplaceAll(problems.Error(), path, ""); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	if _, problems := loadConfig(t.TempDir(), nil, nil); !strings.HasSuffix(problems.Error(), ": is a directory\n  hint: name the configuration file with --config") {
		t.Errorf("a folder: %v", problems)
	}
}
