package bench

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"basin/network"
	"basin/settings"
)

func TestSeriesAreOfValidNetworks(t *testing.T) {
	base := settings.Defaults()
	base.Preprocess.Noise = 0.1
	for name, row := range map[string]struct {
		cases []Case
		x     []int
	}{
		"networks": {Networks(base), []int{100, 1000, 4000, 1000, 4000}},
		"scaling":  {Scaling(base), []int{250, 500, 1000, 2000, 4000, 8000, 16000, 250, 500, 1000, 2000, 4000}},
		"batches":  {Batches(base), []int{1, 4, 16, 64, 128, 1024}},
	} {
		var x []int
		for _, c := range row.cases {
			x = append(x, c.X)
			if err := errors.Join(c.Settings.Validate(), c.Settings.Network.Fits([]int{28, 28}, 10)); err != nil {
				t.Errorf("%s: %s %d: %v", name, c.Series, c.X, err)
			}
			size := c.Settings.Network.Modules[0].Neurons
			if c.Series == BatchSeries {
				size = c.Settings.Learning.Batch
			}
			if size != c.X {
				t.Errorf("%s: %s %d has %d", name, c.Series, c.X, size)
			}
		}
		if !reflect.DeepEqual(x, row.x) {
			t.Errorf("%s: %v, want %v", name, x, row.x)
		}
	}
	if !reflect.DeepEqual(base.Network, settings.Defaults().Network) {
		t.Error("the base has changed")
	}
}

// A network of the sparse series has 20 recurrent and 80 input couplings per neuron.
func TestSparseSeriesHasTheSameCouplingsPerNeuron(t *testing.T) {
	for _, c := range Scaling(settings.Defaults())[:2] {
		n, err := network.Draw(c.Settings.Network, []int{28, 28}, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		count := n.Couplings()
		for _, row := range []struct {
			name      string
			got, want float64
			share     float64
		}{
			{"recurrent", float64(count.Recurrent), recurrentFan * float64(c.X), recurrentFan / float64(c.X)},
			{"input", float64(count.Input), inputFan * float64(c.X), inputFan / 784.0},
		} {
			// Binomial, or of one number per neuron: the deviation is at most this, and half a
			// coupling per neuron is lost by rounding.
			if off := 5*math.Sqrt(row.want*(1-row.share)) + float64(c.X)/2; math.Abs(row.got-row.want) > off {
				t.Errorf("%d neurons: %v %s couplings, want %v +- %.0f", c.X, row.got, row.name, row.want, off)
			}
		}
	}
}

func TestCostIsOfTheNetworkThatWasDrawn(t *testing.T) {
	small := subject(t, Warmup+64, 4, nil)
	asked := 0
	c, err := MeasureCost(context.Background(), Case{Series: "mine", X: 40, Settings: small.Settings}, func(s settings.Settings) (*Subject, error) {
		asked = s.Network.Modules[0].Neurons
		return small, nil
	}, Options{Limit: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	if asked != 40 || c.Series != "mine" || c.X != 40 || c.Couplings != small.Network.Footprint() || !(c.TrainNS > 0) || !(c.EvalNS > 0) || c.Memory == 0 {
		t.Errorf("drawn with %d neurons, cost %+v", asked, c)
	}
	failure := errors.New("no")
	if _, err := MeasureCost(context.Background(), Case{}, func(settings.Settings) (*Subject, error) { return nil, failure }, Options{}); !errors.Is(err, failure) {
		t.Errorf("error %v, want that of the drawing", err)
	}
}

func TestExponentIsThePowerOfX(t *testing.T) {
	var costs []Cost
	for _, x := range []int{100, 200, 1000, 5000} {
		costs = append(costs, Cost{Series: "a", X: x, TrainNS: 3 * math.Pow(float64(x), 1.5)}, Cost{Series: "b", X: x, TrainNS: 7})
	}
	for series, want := range map[string]float64{"a": 1.5, "b": 0} {
		mine := Of(series, costs)
		if got := Exponent(mine, func(c Cost) float64 { return c.TrainNS }); len(mine) != 4 || math.Abs(got-want) > 1e-9 {
			t.Errorf("series %s of %d costs has the exponent %v, want 4 and %v", series, len(mine), got, want)
		}
	}
	if len(costs) != 8 || costs[1].Series != "b" {
		t.Error("the costs have changed")
	}
}

func TestSyntheticImagesAreNoisyPatterns(t *testing.T) {
	data := Synthetic(200, 20)
	if err := errors.Join(data.Train.Validate(), data.Test.Validate()); err != nil {
		t.Fatal(err)
	}
	if data.Train.Count() != 200 || data.Test.Count() != 20 || data.Train.Classes() != 10 {
		t.Errorf("%d and %d images in %d classes, want 200, 20 and 10", data.Train.Count(), data.Test.Count(), data.Train.Classes())
	}
	if !reflect.DeepEqual(data, Synthetic(200, 20)) {
		t.Error("the images of two calls differ")
	}
	// A pixel is replaced with probability .4, half of the time by itself: in two images of
	// a class it differs with probability 2 x .2 x .8 = .32, of two classes with 1/2. Pairs
	// (0, 10), (20, 30), ... are independent: 10 x 784 pixels, a standard error of .0053.
	const pixels = side * side
	differ := func(shift int) float64 {
		count := 0
		for i := 0; i+shift < 200; i += 20 {
			for k := range pixels {
				if data.Train.Bytes[i*pixels+k] != data.Train.Bytes[(i+shift)*pixels+k] {
					count++
				}
			}
		}
		return float64(count) / (10 * pixels)
	}
	if got := differ(10); math.Abs(got-0.32) > 5*0.0053 {
		t.Errorf("images of a class differ in %.3f of the pixels, want .32", got)
	}
	// The patterns of two classes are one draw: 784 pixels, a standard error of .018.
	if got := differ(1); math.Abs(got-0.5) > 5*0.018 {
		t.Errorf("images of two classes differ in %.3f of the pixels, want .5", got)
	}
}

func TestRepeatedGoesRound(t *testing.T) {
	set := Synthetic(3, 1).Train
	again := Repeated(set, 7)
	if !reflect.DeepEqual(again.Labels, []int{0, 1, 2, 0, 1, 2, 0}) || again.Count() != 7 {
		t.Errorf("labels %v", again.Labels)
	}
	if less := Repeated(set, 2); !reflect.DeepEqual(less.Bytes, set.Bytes[:2*side*side]) {
		t.Error("two of three are not the first two")
	}
}
