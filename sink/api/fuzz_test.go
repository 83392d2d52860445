package api

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"encoding/json"
	"path/filepath"
)

// FuzzFraga puts any body to both routes: no panic and never a 500, an error is in
// the route's form, and nothing of the body's digits is told in it.
func FuzzFraga(f *testing.F) {
	files, _ := filepath.Glob("testdata/fragor/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, section := range archive.Files {
			if _, body, _ := strings.Cut(string(section.Data), "\n\n"); strings.HasSuffix(section.Name, "request") && body != "" {
				f.Add([]byte(strings.TrimSpace(body)), "sv, en;q=0.5")
			}
		}
	}
	h := newHandler(f, configs()["oppen"], filledStore(f))
	f.Fuzz(func(t *testing.T, body []byte, language string) {
		for path, as := range map[string]form{"/kundhandelser": profileForm, "/kundhandelseFragaSynkron": relayForm} {
			r := httptest.NewRequest(http.MethodPost, DefaultBas+path, strings.NewReader(string(body)))
			r.Header.Set("Content-Type", "application/json")
			r.Header["Accept-Language"] = []string{language}
			r.Header.Set(correlationHeader, "prov")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			checkFuzzed(t, w, as, body)
		}
	})
}

var longDigits = regexp.MustCompile(`[0-9]{6,}`)

func checkFuzzed(t *testing.T, w *httptest.ResponseRecorder, as form, body []byte) {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%d: %v: %s", w.Code, err, w.Body)
	}
	if w.Code == http.StatusOK {
		return
	}
	if w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	text, _ := answer["message"].(string)
	fields := 1
	if as == profileForm {
		text, _ = answer["detail"].(string)
		fields = 5
	}
	if len(answer) != fields || !strings.HasPrefix(text, head(w.Code)) {
		t.Fatalf("not the route's form: %s", w.Body)
	}
	for _, digits := range longDigits.FindAllString(string(body), -1) {
		if strings.Contains(text, digits) {
			t.Fatalf("%s is told of the question", digits)
		}
	}
}
