package baseline

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"basin/internal/kernel"
	"basin/internal/random"
)

func contrastive(t testing.TB, s ContrastiveSettings, samples Samples, classes int) *Contrastive {
	t.Helper()
	c, err := NewContrastive(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// couplings returns all that a contrastive network has learned.
func couplings(c *Contrastive) []float32 {
	all := append(slices.Clone(c.hidden.weights), c.output.weights...)
	if c.lateral != nil {
		all = append(all, c.lateral.weights...)
	}
	return all
}

// scatter draws all couplings, J symmetric, so small that there is one state of least energy, and
// biases with which seven units of nine stay between 0 and 1, one stays at 0 and one at 1: where
// a unit is about to be cut off there is no slope.
func scatter(c *Contrastive) {
	stream := random.New(9, random.Synthetic)
	draw := stream.Rand()
	hidden := c.settings.Hidden
	for i := range hidden {
		for d := range c.hidden.senders {
			c.hidden.weights[d*c.hidden.stride+i] = float32(0.07 * draw.NormFloat64())
		}
		bias := float32(0.5)
		switch i {
		case 0:
			bias = -1
		case 1:
			bias = 2
		}
		c.hidden.weights[c.hidden.senders*c.hidden.stride+i] = bias
		for k := range c.classes {
			c.output.weights[i*c.output.stride+k] = float32(0.1 * draw.NormFloat64())
		}
		for j := range i {
			v := float32(0.05 * draw.NormFloat64())
			c.lateral.weights[i*c.lateral.stride+j], c.lateral.weights[j*c.lateral.stride+i] = v, v
		}
	}
	c.transpose()
}

// restingLoss is the mean of |o-y|^2/2 by the formula of the energy, in float64: unit after unit
// goes to its least energy until nothing moves.
func restingLoss(c *Contrastive, s *points) float64 {
	hidden, total := c.settings.Hidden, 0.0
	at := func(l *layer, from, to int) float64 { return float64(l.weights[from*l.stride+to]) }
	for q, x := range s.rows {
		h, o := make([]float64, hidden), make([]float64, c.classes)
		for range 500 {
			for i := range h {
				a := at(c.hidden, len(x), i)
				for d, v := range x {
					a += at(c.hidden, d, i) * float64(v)
				}
				for j := range h {
					if j != i {
						a += at(c.lateral, j, i) * h[j]
					}
				}
				for k := range o {
					a += at(c.output, i, k) * o[k]
				}
				h[i] = min(max(a, 0), 1)
			}
			for k := range o {
				o[k] = at(c.output, hidden, k)
				for i := range h {
					o[k] += at(c.output, i, k) * h[i]
				}
			}
		}
		for k := range o {
			y := 0.0
			if k == s.labels[q] {
				y = 1
			}
			total += (o[k] - y) * (o[k] - y) / 2
		}
	}
	return total / float64(len(s.rows))
}

// contrast returns the largest distance between what couplings learn and the slope of the loss, and the
// largest slope.
func contrast(t *testing.T, nudge float64) (farthest, steepest float64) {
	samples := drawn(7, 3, 3, 1)
	c := contrastive(t, ContrastiveSettings{
		Settings: Settings{Hidden: 9, Epochs: 1, Batch: 7, Rate: 1e-30, Seed: 2, Workers: 2},
		Nudge:    nudge, Free: 100, Nudged: 100, Lateral: true,
	}, samples, 3)
	scatter(c)
	want := restingLoss(c, samples)
	err := c.Run(t.Context(), func(got Progress) error {
		if math.Abs(got.Loss-want) > 1e-6 {
			t.Errorf("loss %v, want %v", got.Loss, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	compare := func(l *layer, from, to int) {
		places := []int{from*l.stride + to}
		if l == c.lateral {
			places = append(places, to*l.stride+from)
		}
		kept := l.weights[places[0]]
		set := func(v float32) float64 {
			for _, place := range places {
				l.weights[place] = v
			}
			return restingLoss(c, samples)
		}
		const h = 1.0 / 1024
		slope := (set(kept+h) - set(kept-h)) / (float64(kept+h) - float64(kept-h))
		set(kept)
		got := float64(l.mean[places[0]]) / (1 - meanDecay)
		farthest, steepest = max(farthest, math.Abs(got-slope)), max(steepest, math.Abs(slope))
	}
	for i := range c.settings.Hidden {
		for d := range c.hidden.senders + 1 {
			compare(c.hidden, d, i)
		}
		for j := range i {
			compare(c.lateral, j, i)
		}
	}
	for i := range c.output.senders + 1 {
		for k := range c.classes {
			compare(c.output, i, k)
		}
	}
	return farthest, steepest
}

// Without a step Adam's first running mean is a tenth of what the couplings learn. Its distance from
// the slope falls with the square of beta. At 0.02 float32 leaves about 1e-5.
func TestContrastIsTheSlopeOfTheLossForSmallNudges(t *testing.T) {
	wide, steepest := contrast(t, 0.2)
	middle, _ := contrast(t, 0.1)
	small, _ := contrast(t, 0.02)
	if steepest < 0.05 || small > 1e-3*steepest {
		t.Errorf("distance %v at beta 0.02, want less than a thousandth of the largest slope %v", small, steepest)
	}
	if ratio := wide / middle; ratio < 3 || ratio > 5 {
		t.Errorf("distances %v and %v at beta 0.2 and 0.1, want the first about 4 times the second", wide, middle)
	}
}

// The straight-through estimator by its formula, in float64.
func TestErrorsPassStraightThroughSigns(t *testing.T) {
	samples := drawn(23, 5, 3, 1)
	p, err := NewBinarised(Settings{Hidden: 18, Epochs: 1, Batch: 23, Rate: 1e-30, Seed: 2, Workers: 2}, samples, 3)
	if err != nil {
		t.Fatal(err)
	}
	hidden, output := map[[2]int]float64{}, map[[2]int]float64{}
	passed, stopped := 0, 0
	for q, x := range samples.rows {
		a, r, z := make([]float64, 18), make([]float64, 18), make([]float32, 3)
		for c := range z {
			z[c] = p.output.weights[18*p.output.stride+c]
		}
		for h := range a {
			for d, v := range x {
				a[h] += float64(p.hidden.weights[d*p.hidden.stride+h]) * float64(v)
			}
			r[h] = math.Copysign(1, a[h])
			for c := range z {
				z[c] += p.output.weights[h*p.output.stride+c] * float32(r[h])
			}
		}
		crossEntropy(z, samples.labels[q], len(samples.rows))
		for h := range a {
			e := 0.0
			for c := range z {
				output[[2]int{h, c}] += float64(z[c]) * r[h]
				e += float64(z[c]) * float64(p.output.weights[h*p.output.stride+c])
			}
			if math.Abs(a[h]) > 1 {
				stopped++
				continue
			}
			passed++
			for d, v := range x {
				hidden[[2]int{d, h}] += e * float64(v)
			}
		}
	}
	if err := p.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if passed < 50 || stopped < 50 {
		t.Fatalf("%d errors pass and %d do not: too few to tell", passed, stopped)
	}
	for _, side := range []struct {
		l    *layer
		want map[[2]int]float64
	}{{p.hidden, hidden}, {p.output, output}} {
		for place, want := range side.want {
			if got := float64(side.l.mean[place[0]*side.l.stride+place[1]]) / (1 - meanDecay); math.Abs(got-want) > 1e-5 {
				t.Errorf("weight from %d to %d: gradient %v, want %v", place[0], place[1], got, want)
			}
		}
	}
}

func TestWorkersKernelsAndInterruptionsChangeNoBitOfOthers(t *testing.T) {
	samples := drawn(75, 21, 4, 3)
	layers := Settings{Hidden: 37, Epochs: 2, Batch: 32, Rate: 0.01, Seed: 5}
	run := func(kind string, workers int, pieces bool) []float32 {
		s := layers
		s.Workers = workers
		var l Learner
		var weighed func() []float32
		if kind == "binarised" {
			p, err := NewBinarised(s, samples, 4)
			if err != nil {
				t.Fatal(err)
			}
			l, weighed = p, func() []float32 { return weights(p) }
		} else {
			c := contrastive(t, ContrastiveSettings{s, 0.5, 6, 4, kind == "lateral"}, samples, 4)
			l, weighed = c, func() []float32 { return couplings(c) }
		}
		stop := errors.New("stop")
		for {
			err := l.Run(t.Context(), func(Progress) error {
				if pieces {
					return stop
				}
				return nil
			})
			if err == nil {
				return append(weighed(), logits(t, l, samples)...)
			}
			if !errors.Is(err, stop) {
				t.Fatal(err)
			}
		}
	}
	for _, kind := range []string{"binarised", "contrastive", "lateral"} {
		want := run(kind, 1, false)
		for _, workers := range []int{2, 3, 40} {
			if !slices.Equal(run(kind, workers, false), want) {
				t.Errorf("%s: other weights with %d workers", kind, workers)
			}
		}
		if !slices.Equal(run(kind, 2, true), want) {
			t.Errorf("%s: other weights in pieces", kind)
		}
		for _, name := range kernel.Available() {
			undo, err := kernel.Use(name)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(run(kind, 1, false), want) {
				t.Errorf("%s: other weights with kernel %s", kind, name)
			}
			undo()
		}
	}
}

func TestLateralCouplingsStaySymmetric(t *testing.T) {
	s := ContrastiveSettings{Settings{Hidden: 37, Epochs: 3, Batch: 10, Rate: 0.01, Workers: 2}, 0.3, 6, 4, true}
	c := contrastive(t, s, drawn(75, 6, 3, 3), 3)
	if err := c.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	moved := 0
	for i := range 37 {
		for j := range i + 1 {
			there, back := c.lateral.weights[i*c.lateral.stride+j], c.lateral.weights[j*c.lateral.stride+i]
			if there != back || i == j && there != 0 {
				t.Fatalf("J[%d][%d] is %v, J[%d][%d] %v", i, j, there, j, i, back)
			}
			if there != 0 {
				moved++
			}
		}
	}
	if moved < 300 {
		t.Errorf("%d of 666 couplings have moved", moved)
	}
}

// The task of TestLearnsWhatIsNotLinear, chance 1/3. Recorded: 894, 978 and 972.
func TestOthersLearnWhatIsNotLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	samples, others := drawn(4000, 3, 3, 7), drawn(1000, 3, 3, 8)
	s := Settings{Hidden: 40, Epochs: 15, Batch: 32, Rate: 0.01, Seed: 1}
	binarised, err := NewBinarised(s, samples, 3)
	if err != nil {
		t.Fatal(err)
	}
	free := DefaultContrastive()
	free.Settings = s
	lateral := free
	lateral.Lateral, lateral.Epochs = true, 5
	for name, l := range map[string]Learner{
		"binarised": binarised, "contrastive": contrastive(t, free, samples, 3), "lateral": contrastive(t, lateral, samples, 3),
	} {
		if err := l.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		right := 0
		err := l.Logits(t.Context(), others, others.Count(), func(i int, z []float32) {
			if Largest(z) == others.labels[i] {
				right++
			}
		})
		if err != nil || right < 850 {
			t.Errorf("%s: %d of 1000, error %v, want at least 850", name, right, err)
		}
		t.Logf("%s: %d of 1000", name, right)
	}
}

func TestBadInputOfOthersIsAnError(t *testing.T) {
	good := DefaultContrastive()
	good.Hidden, good.Batch, good.Epochs = 5, 8, 1
	samples := drawn(20, 4, 2, 1)
	for _, c := range []struct {
		change func(s *ContrastiveSettings)
		want   string
	}{
		{func(s *ContrastiveSettings) { s.Nudge = 0 }, "nudge 0, want a number above 0 and below 1"},
		{func(s *ContrastiveSettings) { s.Nudge = 1 }, "nudge 1, want"},
		{func(s *ContrastiveSettings) { s.Nudge = math.NaN() }, "nudge NaN"},
		{func(s *ContrastiveSettings) { s.Free = 0 }, "0 free sweeps, want 1 to"},
		{func(s *ContrastiveSettings) { s.Nudged = maxSweeps + 1 }, "nudged sweeps, want 1 to"},
		{func(s *ContrastiveSettings) { s.Hidden, s.Lateral = maxLateral+1, true }, "want at most 4096"},
		{func(s *ContrastiveSettings) { s.Hidden = 0 }, "hidden units 0"},
	} {
		s := good
		c.change(&s)
		if _, err := NewContrastive(s, samples, 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	if _, err := NewContrastive(good, nil, 2); err == nil {
		t.Error("no samples are no error")
	}
	for _, v := range []float64{math.NaN(), math.Inf(-1)} {
		odd := drawn(20, 4, 2, 1)
		odd.rows[3][1] = float32(v)
		binarised, err := NewBinarised(good.Settings, odd, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []Learner{binarised, contrastive(t, good, odd, 2)} {
			if err := l.Run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "sample 3") {
				t.Errorf("error %v of an input %v", err, v)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	c := contrastive(t, good, samples, 2)
	err := c.Run(ctx, func(Progress) error {
		stop()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a training that is cancelled", err)
	}
	if err := c.Logits(ctx, samples, 20, func(int, []float32) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of predictions that are cancelled", err)
	}
}

// V has 4 x 5, U 5 x 2, J 10 pairs; 7 biases; a sweep is 20 products of U and 20 of J.
func TestCostOfSymmetricCouplings(t *testing.T) {
	s := ContrastiveSettings{Settings{Hidden: 5, Batch: 8, Rate: 0.01}, 0.5, 3, 2, true}
	got := contrastive(t, s, drawn(20, 4, 2, 1), 2).Cost()
	if want := (Cost{Parameters: 47, Bytes: 188, Operations: 20 + 3*40}); got != want {
		t.Errorf("cost %+v, want %+v", got, want)
	}
}
