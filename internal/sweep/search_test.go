package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"basin/internal/experiment"
	"basin/internal/tune"
	"basin/settings"
)

// A search for settings hands trainings on from worker to worker, has the winner that it has on
// one machine, and leaves nothing behind.
func TestSearchOnAClusterHasTheSameWinner(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it trains for seconds")
	}
	base := settings.Defaults()
	if err := settings.Set(&base, []string{"network.modules.0.neurons=100", "learning.epochs=3", "data.validation=0.2"}); err != nil {
		t.Fatal(err)
	}
	search := func(run experiment.Options, states experiment.States) string {
		run.Version = "v1"
		if run.Data == nil {
			run.Data = &experiment.Data{}
		}
		dir := t.TempDir()
		out, err := tune.Search(t.Context(), dir, tune.Options{Base: base, Preset: "digits", Trials: 4, Seeds: 1, Run: run, States: states})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write("basin tune"); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, tune.BestFile))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := search(experiment.Options{Workers: 2}, nil)
	c := within(t, hasty)
	staff(t, 2, Worker{Cluster: c, Find: finder(tune.Recipe()), Version: "v1", Cells: 1, Cache: t.TempDir()})
	got := search(experiment.Options{Elsewhere: func(ctx context.Context, cells []experiment.Cell, tell func(string, float64, *experiment.Record) error) error {
		return c.Compute(ctx, Run{Recipe: "tune", Version: "v1"}, cells, tell)
	}}, c.States(t.Context(), "v1"))
	if got != want {
		t.Errorf("the winner is\n%s\nwant\n%s", got, want)
	}
	if list, err := c.objects.List(t.Context()); !errors.Is(err, jetstream.ErrNoObjectsFound) && (err != nil || len(list) > 0) {
		t.Errorf("%d objects are left, %v", len(list), err)
	}
}
