package api

import (
	"embed"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// documents describe the API: openapi.yaml the profile route, openapi-formedling.yaml
// the relay route, which can't follow the profile.
//
//go:embed openapi.yaml openapi-formedling.yaml
var documents embed.FS

// What the documents say where a service has its own.
const (
	documentVersion  = "1.0.0"
	documentReleased = "2026-11-21"
	apiName          = "Mina ärenden kundhändelser"
)

var versionPattern = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)

// addDocuments adds the routes that anyone may read: under the base path and, where
// there are several, under each producent's.
func (s *service) addDocuments(cfg Config) error {
	bases := []string{cfg.Bas}
	for i := range cfg.Producenter {
		if base := baseOf(cfg.Bas, &cfg.Producenter[i]); base != cfg.Bas {
			bases = append(bases, base)
		}
	}
	for _, base := range bases {
		s.add(&route{method: http.MethodGet, path: base + "/api-info", handle: apiInfo(cfg, base)})
		for _, name := range []string{"openapi", "openapi-formedling"} {
			if err := s.addDocument(cfg, base, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *service) addDocument(cfg Config, base, name string) error {
	source, err := documents.ReadFile(name + ".yaml")
	if err != nil {
		return err
	}
	text := strings.NewReplacer(
		"https://api.example.se"+DefaultBas, "https://api.example.se"+base,
		"version: "+documentVersion, "version: "+cfg.version(),
		DefaultKeyHeader, cfg.KeyHeader,
	).Replace(string(source))
	json, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return fmt.Errorf("%s.yaml: %w", name, err)
	}
	s.add(&route{method: http.MethodGet, path: base + "/" + name + ".yaml", handle: static(typeYAML, []byte(text))})
	s.add(&route{method: http.MethodGet, path: base + "/" + name + ".json", handle: static(typeJSON, json)})
	return nil
}

func static(contentType []string, body []byte) func(*exchange) error {
	return func(x *exchange) error {
		x.send(http.StatusOK, contentType, body)
		return nil
	}
}

// version is the API's, which has three numbers: those of a released program, else
// the document's own.
func (cfg Config) version() string {
	if version := strings.TrimPrefix(cfg.Version, "v"); versionPattern.MatchString(version) {
		return version
	}
	return documentVersion
}

// apiInfo answers with what DIGG's REST API profile wants to be told of every API.
func apiInfo(cfg Config, base string) func(*exchange) error {
	released := cfg.Released
	if released == "" {
		released = documentReleased
	}
	head := quote([]byte(`{"apiName":`), apiName)
	head = quote(append(head, `,"apiVersion":`...), cfg.version())
	head = quote(append(head, `,"apiReleased":`...), released)
	head = append(head, `,"apiDocumentation":`...)
	return func(x *exchange) error {
		x.out = append(x.out[:0], head...)
		x.out = quote(x.out, origin(x.r.Host)+base+"/openapi.yaml")
		x.out = append(x.out, `,"apiStatus":"beta"}`...)
		x.send(http.StatusOK, typeJSON, x.out)
		return nil
	}
}

// origin is where the consumer found the API: behind HTTPS, unless on this machine.
func origin(host string) string {
	name, _, _ := strings.Cut(host, ":")
	if name == "localhost" || name == "127.0.0.1" || strings.HasPrefix(host, "[::1]") {
		return "http://" + host
	}
	return "https://" + host
}
