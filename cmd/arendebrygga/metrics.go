package main

import (
	"net/http"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
)

// metrics is what /metrics tells, by the conventions of Prometheus. What happens is
// counted here from the start of the process; what the store counts, over restarts,
// is read when somebody asks, see [sourceFigures]. Labels hold nothing but names from
// the configuration, routes and words of this program.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	polls    *prometheus.HistogramVec
	failures *prometheus.CounterVec
}

func newMetrics(s *service) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "arendebrygga_http_request_duration_seconds", Help: "Time to answer a question to the API.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "status"}),
		polls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "arendebrygga_poll_duration_seconds", Help: "Time of a poll, complete or failed: reading, judging and storing.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800},
		}, []string{"source"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "arendebrygga_poll_failures_total", Help: "Polls that failed.",
		}, []string{"source"}),
	}
	for _, src := range s.Config.Sources {
		m.polls.WithLabelValues(src.Def.Name)
		m.failures.WithLabelValues(src.Def.Name)
	}
	m.registry.MustRegister(m.requests, m.polls, m.failures, &sourceFigures{service: s}, buildFigure(), sizeFigure(s.Config.Store.Path),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// answered is told of every answer of the API.
func (m *metrics) answered(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// polled is told of every poll of a source.
func (m *metrics) polled(source string, took time.Duration, err error) {
	m.polls.WithLabelValues(source).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(source).Inc()
	}
}

// handler tells what can be told even if some of it cannot.
func (m *metrics) handler(log zerolog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: scrapeLog{log}, ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 3, EnableOpenMetrics: true,
	})
}

type scrapeLog struct{ log zerolog.Logger }

func (l scrapeLog) Println(v ...any) { l.log.Warn().Any("detail", v).Msg("metrics") }

func buildFigure() prometheus.Collector {
	build := readBuildInfo()
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "arendebrygga_build_info", Help: "Which build this is; always 1.",
		ConstLabels: prometheus.Labels{"version": build.Version, "revision": build.Revision, "goversion": runtime.Version()},
	}, func() float64 { return 1 })
}

func sizeFigure(path string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "arendebrygga_store_size_bytes", Help: "Size of the store's file.",
	}, func() float64 {
		info, err := os.Stat(path)
		if err != nil {
			return 0
		}
		return float64(info.Size())
	})
}
