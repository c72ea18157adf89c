package main

import (
	"strings"
	"testing"
	"time"
)

func TestAnEpochLineFitsTheTerminal(t *testing.T) {
	test, fixed, cycles := 0.8806, 1.0, 0.0125
	line := epochLine{
		Epoch: 1, Epochs: 60, SamplesPerS: 24682, TrainAccuracy: 0.8038, UnstableShare: 0.0823, FlipShare: 0.0036,
		FixedPointShare: 0.9917, CycleShare: 0.001, Split: "validation", Accuracy: &test, HeldFixedPointShare: &fixed, HeldCycleShare: &cycles,
	}
	const left = 3900 * time.Millisecond
	whole := "epoch 1/60  validation 88.06 %  training 80.38 %  unstable 8.23 %  flips 0.36 %  fixed points 99.17 % and 100.00 %" +
		"  cycles 0.10 % and 1.25 %  24682 samples/s  3.9s left"
	if got, _ := line.text(left, 0, allColumns); got != whole {
		t.Errorf("without a width\n%q, want\n%q", got, whole)
	}
	for width, want := range map[int]string{
		500: whole, len(whole): whole,
		len(whole) - 1: strings.Replace(whole, "  24682 samples/s", "", 1),
		130:            "epoch 1/60  validation 88.06 %  training 80.38 %  fixed points 99.17 % and 100.00 %  cycles 0.10 % and 1.25 %  3.9s left",
		80:             "epoch 1/60  validation 88.06 %  training 80.38 %  3.9s left",
		40:             "epoch 1/60  validation 88.06 %",
		1:              "epoch 1/60  validation 88.06 %",
	} {
		if got, _ := line.text(left, width, allColumns); got != want {
			t.Errorf("%d columns\n%q, want\n%q", width, got, want)
		}
	}
}

// Later lines have the columns of the narrowest line so far.
func TestAColumnWithoutRoomDoesNotComeBack(t *testing.T) {
	line := epochLine{Epoch: 1, Epochs: 2, SamplesPerS: 1e6}
	long, rank := line.text(0, 60, allColumns)
	if want := "epoch 1/2  training 0.00 %  fixed points 0.00 %  0s left"; long != want {
		t.Fatalf("%q, want %q", long, want)
	}
	line.Epoch = 2
	again, same := line.text(0, 200, rank)
	if want := "epoch 2/2  training 0.00 %  fixed points 0.00 %"; again != want || same != rank {
		t.Errorf("%q with rank %d, want %q with rank %d", again, same, want, rank)
	}
}

func TestWhatIsNoTerminalHasNoWidth(t *testing.T) {
	if width := terminalWidth(&strings.Builder{}); width != 0 {
		t.Errorf("width %d, want 0", width)
	}
}
