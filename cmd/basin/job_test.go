package main

import (
	"context"
	"strings"
	"testing"

	"basin/checkpoint"
	"basin/dataset"
	"basin/settings"
	"basin/train"
)

// A checkpoint knows its training samples by their fingerprint: one changed pixel is
// enough for --resume to refuse, where no epoch is complete yet too.
func TestResumeRefusesSamplesThatHaveChanged(t *testing.T) {
	data, err := dataset.Open(context.Background(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Defaults()
	s.Network.Modules[0].Neurons = 20
	fresh := &job{model: &checkpoint.Model{Settings: s}}
	if err := fresh.draw(data); err != nil {
		t.Fatal(err)
	}
	resumed := &job{model: fresh.model, from: &train.State{Data: fresh.data}}
	if err := resumed.take(data); err != nil {
		t.Errorf("the same samples: %v", err)
	}
	data.Train.Bytes[12345]++
	if err := resumed.take(data); err == nil || !strings.Contains(err.Error(), "the data have changed") {
		t.Errorf("a changed pixel: error %v, want one that says so", err)
	}
}

func TestOneClassIsNamed(t *testing.T) {
	set := &dataset.Set{Name: "one", Shape: []int{1}, Floats: []float32{1, 2}, Labels: []int{0, 0}, LabelNames: []string{"cat"}}
	j := &job{model: &checkpoint.Model{Settings: settings.Defaults()}}
	if err := j.draw(&dataset.Data{Train: set}); err == nil || !strings.Contains(err.Error(), `"cat"`) {
		t.Errorf("error %v, want one that names the only label", err)
	}
}
