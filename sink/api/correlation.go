package api

import (
	"net/http"
	"strings"
)

const (
	correlationHeader = "skv_client_correlation_id" // as the standard writes it
	correlationKey    = "Skv_client_correlation_id" // as net/http keeps it
	maxCorrelation    = 200
)

// correlationOf gives the request's correlation id, or "" and what is wrong with it.
func correlationOf(h http.Header) (id string, wrong string) {
	values := h[correlationKey]
	switch {
	case len(values) == 0:
		return "", "headern " + correlationHeader + " saknas"
	case len(values) > 1:
		return "", "headern " + correlationHeader + " får bara anges en gång"
	}
	id = values[0]
	for i := range len(id) {
		if id[i] < ' ' || id[i] > '~' {
			return "", badCorrelation
		}
	}
	if len(id) > maxCorrelation || strings.TrimSpace(id) == "" {
		return "", badCorrelation
	}
	return id, ""
}

const badCorrelation = "headern " + correlationHeader + " ska vara 1–200 skrivbara ASCII-tecken"
