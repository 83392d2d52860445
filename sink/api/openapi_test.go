package api

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
)

// The rules of DIGG's REST API profile for the document that is published.
func TestProfile(t *testing.T) {
	doc := loadDocument(t, "openapi.yaml")
	source, _ := documents.ReadFile("openapi.yaml")
	if !strings.HasPrefix(string(source), "openapi: 3.1.") {
		t.Error("the first line must say openapi, 3.1")
	}
	info := doc.Info
	for what, ok := range map[string]bool{
		"title": info.Title != "", "version": versionPattern.MatchString(info.Version), "termsOfService": isURL(info.TermsOfService),
		"contact":      info.Contact != nil && info.Contact.Name != "" && isURL(info.Contact.URL) && strings.Contains(info.Contact.Email, "@"),
		"license":      info.License != nil && info.License.Name != "" && isURL(info.License.URL),
		"x-sla":        info.Extensions["x-sla"] != nil,
		"Swedish":      strings.Contains(info.Description, "## Svenska") && strings.Contains(info.Description, "### Begränsningar"),
		"English":      strings.Contains(info.Description, "## English") && strings.Contains(info.Description, "(begränsningar)"),
		"why POST":     strings.Contains(info.Description, "POST"),
		"externalDocs": doc.ExternalDocs != nil && isURL(doc.ExternalDocs.URL),
		"two paths":    doc.Paths.Len() >= 2,
	} {
		if !ok {
			t.Errorf("info: %s", what)
		}
	}
	for _, server := range doc.Servers {
		if !regexp.MustCompile(`^https://[a-z.]+/[a-z-]+/v[0-9]+$`).MatchString(server.URL) {
			t.Errorf("server %s", server.URL)
		}
	}
	methods := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		if !regexp.MustCompile(`^(/[a-z0-9-]+)+$`).MatchString(path) || len(item.Parameters) > 0 {
			t.Errorf("path %s", path)
		}
		for method, operation := range item.Operations() {
			methods[method] = true
			checkOperation(t, method+" "+path, operation)
		}
	}
	if len(methods) < 2 {
		t.Error("fewer than two methods")
	}
}

func isURL(s string) bool { return strings.HasPrefix(s, "https://") }

func checkOperation(t *testing.T, name string, o *openapi3.Operation) {
	if o.Summary == "" || o.Description == "" || o.Security == nil || o.OperationID == "" {
		t.Errorf("%s: summary, description, security and operationId are a must", name)
	}
	if !slices.ContainsFunc(o.Parameters, func(p *openapi3.ParameterRef) bool { return p.Ref == "#/components/parameters/traceparent" }) {
		t.Errorf("%s: no traceparent", name)
	}
	for _, p := range o.Parameters {
		if p.Ref == "" {
			t.Errorf("%s: parameter %s is no $ref", name, p.Value.Name)
		}
	}
	if o.RequestBody != nil {
		checkExamples(t, name+" request", o.RequestBody.Value.Content)
		if o.Responses.Value("415") == nil {
			t.Errorf("%s: a body, but no 415", name)
		}
	}
	links := 0
	for status, response := range o.Responses.Map() {
		name := name + " " + status
		links += len(response.Value.Links)
		if response.Value.Description == nil || *response.Value.Description == "" || response.Value.Headers["traceparent"] == nil {
			t.Errorf("%s: description and traceparent are a must", name)
		}
		checkExamples(t, name, response.Value.Content)
		if status[0] >= '4' {
			problem := response.Value.Content["application/problem+json"]
			if problem == nil || len(response.Value.Content) != 1 {
				t.Errorf("%s: not application/problem+json", name)
			} else if required := problem.Schema.Value.Required; !slices.Equal(required, []string{"type", "title", "status", "detail", "instance"}) {
				t.Errorf("%s: requires %v", name, required)
			}
		}
	}
	if links == 0 {
		t.Errorf("%s: no link", name)
	}
}

// checkExamples makes sure that there are examples and that they keep to the schema.
func checkExamples(t *testing.T, name string, content openapi3.Content) {
	for _, media := range content {
		examples := []any{}
		if media.Example != nil {
			examples = append(examples, media.Example)
		}
		for _, example := range media.Examples {
			examples = append(examples, example.Value.Value)
		}
		if len(examples) == 0 {
			t.Errorf("%s: no example", name)
		}
		for _, example := range examples {
			if err := media.Schema.Value.VisitJSON(example, openapi3.EnableJSONSchema2020()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Every property is camelCase, and one that holds a list is in the plural.
func TestProperties(t *testing.T) {
	camel := regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)
	// The standard's own names for lists that are not in the plural.
	singular := []string{"sortering", "kundhandelserForPart"}
	for name, schema := range loadDocument(t, "openapi.yaml").Components.Schemas {
		for property, of := range schema.Value.Properties {
			if !camel.MatchString(property) {
				t.Errorf("%s.%s is not camelCase", name, property)
			}
			if of.Value.Type.Is("array") && !slices.Contains(singular, property) && !regexp.MustCompile(`(er|ar|or)$`).MatchString(property) {
				t.Errorf("%s.%s is a list, but not in the plural", name, property)
			}
		}
	}
}

// What is served says where this service is, which version and which key header.
func TestServedDocuments(t *testing.T) {
	cfg := configs()["flera"]
	cfg.Bas, cfg.KeyHeader, cfg.Version = "/arenden/v2", "Api-Nyckel", "v1.2.3"
	address := listen(t, newHandler(t, cfg, openStore(t)))
	for _, name := range []string{"openapi.yaml", "openapi.json", "openapi-formedling.yaml", "openapi-formedling.json"} {
		r := exchangeRaw(t, address, []byte("GET /arenden/v2/stad/"+name+"\n"))
		var doc struct {
			Info       struct{ Version string }
			Servers    []struct{ URL string }
			Components struct {
				SecuritySchemes map[string]struct{ Name string } `yaml:"securitySchemes"`
			}
		}
		if err := yaml.Unmarshal(r.body, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if doc.Info.Version != "1.2.3" || doc.Servers[0].URL != "https://api.example.se/arenden/v2/stad" || doc.Components.SecuritySchemes["apiKey"].Name != "Api-Nyckel" {
			t.Errorf("%s: %+v", name, doc)
		}
	}
}

func TestVersion(t *testing.T) {
	for in, want := range map[string]string{"v0.3.1": "0.3.1", "2.0.0": "2.0.0", "devel": documentVersion, "v0.0.0-20261121212405-10823f5abcde+dirty": documentVersion, "": documentVersion} {
		if got := (Config{Version: in}).version(); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
