package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

const (
	swedish      = "sv"
	anyLanguage  = "*"
	maxLanguages = 32 // more wishes than these are not read
)

// wish is one language that the consumer accepts.
type wish struct {
	sprak  string // ISO 639-1, or * for any that is not named
	weight float64
}

// wishes are the languages of an Accept-Language header (RFC 9110, section 12.5.4),
// the dearest first; weight 0 is what is not wanted. What can't be read is ignored.
type wishes []wish

func parseAcceptLanguage(header string) (w wishes) {
	for member := range strings.SplitSeq(header, ",") {
		if len(w) == maxLanguages {
			break
		}
		tag, parameters, _ := strings.Cut(member, ";")
		sprak, ok := baseLanguage(strings.TrimSpace(tag))
		if !ok {
			continue
		}
		weight, ok := parseWeight(parameters)
		if ok {
			w = append(w, wish{sprak, weight})
		}
	}
	slices.SortStableFunc(w, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })
	return w
}

func baseLanguage(tag string) (string, bool) {
	switch tag {
	case "":
		return "", false
	case anyLanguage, swedish:
		return tag, true
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return "", false
	}
	base, _, _ := parsed.Raw()
	return base.String(), base.String() != "und"
}

func parseWeight(parameters string) (float64, bool) {
	parameters = strings.TrimSpace(parameters)
	if parameters == "" {
		return 1, true
	}
	name, value, _ := strings.Cut(parameters, "=")
	weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return weight, err == nil && strings.EqualFold(strings.TrimSpace(name), "q") && weight >= 0 && weight <= 1
}

// pick gives the index of the language to answer in, of those that an event has.
// What matches no wish is told in Swedish, which every event has.
func (w wishes) pick(has []string) int {
	for _, wish := range w {
		if wish.weight == 0 {
			break
		}
		for i, sprak := range has {
			if sprak == wish.sprak || wish.sprak == anyLanguage && !w.names(sprak) {
				return i
			}
		}
	}
	return max(0, slices.Index(has, swedish))
}

func (w wishes) names(sprak string) bool {
	return slices.ContainsFunc(w, func(wish wish) bool { return wish.sprak == sprak })
}
