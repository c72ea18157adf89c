package recipes

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"basin/internal/experiment"
)

func TestCellsDependOnSettingsAndSeedOnly(t *testing.T) {
	task, err := experiment.NewTraining("digits", "network.modules.0.neurons=40", "network.modules.0.recurrent.density=1", "learning.epochs=2")
	if err != nil {
		t.Fatal(err)
	}
	task.Samples, task.Held = 300, 100
	run := func(data *experiment.Data, seed uint64) string {
		result, err := symmetryTraining{task}.Run(context.Background(), &experiment.Bench{Seed: seed, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	shared := &experiment.Data{}
	first := run(shared, 1)
	if other := run(shared, 2); other == first {
		t.Error("two seeds give one result")
	}
	if again := run(shared, 1); again != first {
		t.Errorf("got %s, then %s", first, again)
	}
	if fresh := run(&experiment.Data{}, 1); fresh != first {
		t.Errorf("got %s, with data opened anew %s", first, fresh)
	}
	if !strings.Contains(first, symmetryOf) {
		t.Errorf("no symmetry in %s", first)
	}
}
