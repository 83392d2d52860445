package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// known gives the labels of every metric that the program has, by name; a histogram
// under the names of its series.
func known(t *testing.T) map[string][]string {
	t.Helper()
	descs := make(chan *prometheus.Desc)
	go func() {
		newMetrics(&service{loaded: &loaded{Config: &Config{}}}).registry.Describe(descs)
		close(descs)
	}()
	form := regexp.MustCompile(`^Desc\{fqName: "([^"]+)", help: ".*", constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)
	found := map[string][]string{"up": nil}
	for d := range descs {
		m := form.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("cannot read %s", d)
		}
		labels := strings.FieldsFunc(regexp.MustCompile(`="[^"]*"`).ReplaceAllString(m[2]+","+m[3], ""), func(r rune) bool { return r == ',' })
		found[m[1]] = labels
		if strings.HasSuffix(m[1], "_duration_seconds") {
			found[m[1]+"_bucket"] = append(slices.Clone(labels), "le")
			found[m[1]+"_count"], found[m[1]+"_sum"] = labels, labels
			delete(found, m[1])
		}
	}
	return found
}

// target are the labels that Prometheus itself adds to every metric.
var target = []string{"job", "instance"}

// checkExpr holds that an expression parses, and that what it names exists. It gives
// the labels that the metrics in it have.
func checkExpr(t *testing.T, known map[string][]string, expr string) (all []string) {
	t.Helper()
	tree, err := parser.ParseExpr(strings.ReplaceAll(expr, "$__rate_interval", "5m"))
	if err != nil {
		t.Errorf("%s: %v", expr, err)
		return nil
	}
	all = slices.Clone(target)
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok {
			has, exists := known[v.Name]
			if !exists {
				t.Errorf("%s: there is no metric %s", expr, v.Name)
			}
			all = append(all, has...)
			checkMatchers(t, expr, v.LabelMatchers, append(slices.Clone(has), target...))
		}
		return nil
	})
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		var grouping []string
		switch n := node.(type) {
		case *parser.AggregateExpr:
			grouping = n.Grouping
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				grouping = n.VectorMatching.MatchingLabels
			}
		}
		for _, label := range grouping {
			if !slices.Contains(all, label) {
				t.Errorf("%s: no metric in it has the label %s", expr, label)
			}
		}
		return nil
	})
	return all
}

// words are the values of labels whose values the program chooses.
var words = map[string][]string{
	"outcome": {"published", "ignored", "unmapped", "parked", "waiting", "withheld", "held", "baselined"},
	"doing":   {"starting", "polling", "sweeping", "waiting", "failing", "outside hours", "stopped"},
}

func checkMatchers(t *testing.T, expr string, matchers []*labels.Matcher, has []string) {
	t.Helper()
	for _, m := range matchers {
		if m.Name == labels.MetricName {
			continue
		}
		if !slices.Contains(has, m.Name) {
			t.Errorf("%s: the metric has no label %s", expr, m.Name)
		}
		if values, ok := words[m.Name]; ok && !slices.ContainsFunc(values, m.Matches) {
			t.Errorf("%s: %s is never %q", expr, m.Name, m.Value)
		}
	}
}

// TestAlertRules holds that the alert rules can be read, ask for metrics that exist,
// and tell of labels that they have.
func TestAlertRules(t *testing.T) {
	text, err := os.ReadFile("../../examples/monitoring/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	known, seen := known(t), map[string]bool{}
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if seen[rule.Alert] || !regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString(rule.Alert) {
				t.Errorf("alert %q: not a name, or twice", rule.Alert)
			}
			seen[rule.Alert] = true
			if rule.For != "" {
				if _, err := time.ParseDuration(rule.For); err != nil {
					t.Errorf("%s: %v", rule.Alert, err)
				}
			}
			if !slices.Contains([]string{"critical", "warning", "info"}, rule.Labels["severity"]) || rule.Annotations["summary"] == "" || rule.Annotations["description"] == "" {
				t.Errorf("%s: needs a severity, a summary and a description", rule.Alert)
			}
			has := checkExpr(t, known, rule.Expr)
			for _, annotation := range rule.Annotations {
				checkTemplate(t, rule.Alert, annotation, has)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d rules", len(seen))
	}
}

// checkTemplate fills an annotation in as Prometheus does.
func checkTemplate(t *testing.T, alert, text string, has []string) {
	t.Helper()
	values := map[string]string{}
	for _, label := range has {
		values[label] = "x"
	}
	same := func(v any) any { return v }
	tmpl, err := template.New(alert).Option("missingkey=error").Funcs(template.FuncMap{"humanizeDuration": same, "humanizePercentage": same}).
		Parse("{{ $labels := .Labels }}{{ $value := .Value }}" + text)
	if err == nil {
		err = tmpl.Execute(new(strings.Builder), map[string]any{"Labels": values, "Value": 1.0})
	}
	if err != nil {
		t.Errorf("%s: %v", alert, err)
	}
}

// TestDashboard holds that every panel of the dashboard asks for what exists.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../../examples/monitoring/grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
		Templating struct {
			List []struct {
				Name  string
				Query any
			}
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	known := known(t)
	legend := regexp.MustCompile(`\{\{(\w+)\}\}`)
	asked := 0
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			asked++
			has := checkExpr(t, known, target.Expr)
			for _, m := range legend.FindAllStringSubmatch(target.LegendFormat, -1) {
				if !slices.Contains(has, m[1]) {
					t.Errorf("%s: the legend has %s, and the metrics have not", panel.Title, m[1])
				}
			}
		}
	}
	if asked < 30 {
		t.Errorf("%d questions", asked)
	}
	variable := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`)
	for _, v := range board.Templating.List {
		query, ok := v.Query.(map[string]any)
		if !ok {
			continue // the data source
		}
		m := variable.FindStringSubmatch(query["query"].(string))
		if m == nil || !slices.Contains(checkExpr(t, known, m[1]), m[2]) {
			t.Errorf("variable %s: %v", v.Name, v.Query)
		}
	}
}
