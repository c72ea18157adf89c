package serve

import "github.com/prometheus/client_golang/prometheus"

// learned tells what the models have learned.
type learned struct{ server *Server }

func describe(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"model"}, nil)
}

var (
	learnedDescription     = describe("basin_learned_samples", "Samples learned since the model file, less those that a way back took away.")
	learnAccuracy          = describe("basin_learned_accuracy", "Share of the last samples, up to 1000, that were predicted rightly before they were learned.")
	learnLogDescription    = describe("basin_learn_log_bytes", "Size of the log of samples since the last checkpoint.")
	learnCheckpoints       = describe("basin_learn_checkpoints_total", "Checkpoints written since the server began.")
	learnSyncDescription   = describe("basin_learn_sync_seconds", "Time that the last samples took until they were on the disk.")
	learnFailedDescription = describe("basin_learn_failed", "1 where the model no longer learns.")
)

// Describe implements [prometheus.Collector].
func (l learned) Describe(to chan<- *prometheus.Desc) { to <- learnedDescription }

// Collect implements [prometheus.Collector].
func (l learned) Collect(to chan<- prometheus.Metric) {
	for name, e := range l.server.entries {
		if e.online == nil {
			continue
		}
		s := e.online.Status()
		failed := 0.0
		if s.Failed != nil {
			failed = 1
		}
		to <- prometheus.MustNewConstMetric(learnedDescription, prometheus.GaugeValue, float64(s.Samples), name)
		to <- prometheus.MustNewConstMetric(learnAccuracy, prometheus.GaugeValue, s.Accuracy, name)
		to <- prometheus.MustNewConstMetric(learnLogDescription, prometheus.GaugeValue, float64(s.LogBytes), name)
		to <- prometheus.MustNewConstMetric(learnCheckpoints, prometheus.CounterValue, float64(s.Checkpoints), name)
		to <- prometheus.MustNewConstMetric(learnSyncDescription, prometheus.GaugeValue, s.Sync.Seconds(), name)
		to <- prometheus.MustNewConstMetric(learnFailedDescription, prometheus.GaugeValue, failed, name)
	}
}
