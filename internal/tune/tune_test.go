package tune

import (
	"context"
	"testing"
	"time"

	"basin/internal/experiment"
	"basin/settings"
)

func TestTry(t *testing.T) {
	s, err := settings.LoadPreset("digits")
	if err != nil {
		t.Fatal(err)
	}
	s.Data.Validation = 0.2
	o, err := Search(context.Background(), t.TempDir(), Options{Base: s, Preset: "digits", Time: 20 * time.Second, Run: experiment.Options{Workers: 2, Observe: func(p experiment.Progress) {
		if p.Finished != nil {
			t.Log(p.Done, p.Cells, p.Finished.At, p.Finished.Values["accuracy"], p.Finished.Seconds)
		}
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", o)
}
