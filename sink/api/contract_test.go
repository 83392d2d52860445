package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// contract is what the two documents promise.
type contract map[string]*openapi3.T // by the last part of the path

func loadDocument(t testing.TB, name string) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, uri *url.URL) ([]byte, error) {
		return documents.ReadFile(path.Base(uri.Path))
	}
	doc, err := loader.LoadFromURI(&url.URL{Path: name})
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

func loadContract(t testing.TB) contract {
	profile, relay := loadDocument(t, "openapi.yaml"), loadDocument(t, "openapi-formedling.yaml")
	return contract{"kundhandelser": profile, "api-info": profile, "kundhandelseFragaSynkron": relay}
}

// check holds an answer against the document of its route: status, headers and
// body. What no document describes (an unknown route or method) is a problem.
func (c contract) check(t testing.TB, r *reply) {
	t.Helper()
	name := path.Base(r.request.URL.Path)
	if r.StatusCode == http.StatusOK && strings.HasPrefix(name, "openapi") {
		return
	}
	if r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusMethodNotAllowed {
		if r.request.Method != http.MethodHead {
			c.checkUndescribed(t, r, name)
		}
		return
	}
	doc := c[name]
	if doc == nil {
		t.Errorf("%s: no document describes %d", name, r.StatusCode)
		return
	}
	item := doc.Paths.Find("/" + name)
	operation := item.GetOperation(r.request.Method)
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r.request,
			Route:   &routers.Route{Spec: doc, Server: doc.Servers[0], Path: "/" + name, PathItem: item, Method: r.request.Method, Operation: operation},
		},
		Status: r.StatusCode, Header: r.Header, Body: io.NopCloser(bytes.NewReader(r.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		t.Errorf("%s does not keep to its document: %v", name, err)
	}
}

func (c contract) checkUndescribed(t testing.TB, r *reply, name string) {
	t.Helper()
	like, status := c["kundhandelser"].Paths.Find("/kundhandelser"), http.StatusBadRequest
	if name == "kundhandelseFragaSynkron" && r.StatusCode == http.StatusMethodNotAllowed {
		like = c[name].Paths.Find("/" + name)
	}
	content := like.Post.Responses.Status(status).Value.Content
	media := content.Get(r.Header.Get("Content-Type"))
	if media == nil {
		t.Errorf("content type %s", r.Header.Get("Content-Type"))
		return
	}
	var body any
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Error(err)
	}
	if err := media.Schema.Value.VisitJSON(body, openapi3.EnableJSONSchema2020()); err != nil {
		t.Error(err)
	}
}
