package serve

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what GET /metrics tells.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	batches  *prometheus.HistogramVec
	samples  *prometheus.CounterVec
	reloads  *prometheus.CounterVec
}

// entryMetrics are those of one model that every request changes.
type entryMetrics struct {
	batches prometheus.Observer
	samples prometheus.Counter
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "basin_requests_total", Help: "Requests answered, by model, route and status.",
		}, []string{"model", "route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "basin_request_seconds", Help: "Time from the header of a request to the end of its answer.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 18),
		}, []string{"model", "route"}),
		batches: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "basin_batch_samples", Help: "Samples that were predicted together.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}, []string{"model"}),
		samples: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "basin_samples_total", Help: "Samples predicted.",
		}, []string{"model"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "basin_reloads_total", Help: "Attempts to load a model file again, by outcome: loaded or failed.",
		}, []string{"model", "outcome"}),
	}
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "basin_waiting_requests", Help: "Requests with samples that are read or wait for their predictions.",
	}, func() float64 { return float64(s.waiting.Load()) })
	m.registry.MustRegister(m.requests, m.seconds, m.batches, m.samples, m.reloads, waiting, ages{s}, learned{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// of returns the metrics of a model.
func (m *metrics) of(name string) *entryMetrics {
	m.reloads.WithLabelValues(name, "loaded")
	m.reloads.WithLabelValues(name, "failed")
	return &entryMetrics{m.batches.WithLabelValues(name), m.samples.WithLabelValues(name)}
}

// answered counts an answer.
func (m *metrics) answered(model, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(model, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(model, route).Observe(took.Seconds())
}

// ages tells how long ago each model was loaded.
type ages struct{ server *Server }

var ageDescription = prometheus.NewDesc("basin_model_age_seconds", "Time since the model was loaded.", []string{"model"}, nil)

// Describe implements [prometheus.Collector].
func (a ages) Describe(to chan<- *prometheus.Desc) { to <- ageDescription }

// Collect implements [prometheus.Collector].
func (a ages) Collect(to chan<- prometheus.Metric) {
	for name, e := range a.server.entries {
		to <- prometheus.MustNewConstMetric(ageDescription, prometheus.GaugeValue, time.Since(e.Model().At).Seconds(), name)
	}
}
