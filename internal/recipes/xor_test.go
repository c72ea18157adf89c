package recipes

import (
	"context"
	"math"
	"math/bits"
	"strings"
	"testing"

	"basin/internal/experiment"
)

// parityCell returns a small cell of one module.
func parityCell(t *testing.T, clusters int, noise, bias float64) parity {
	t.Helper()
	points, err := parityPoints(false)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range points {
		if p.At[0] == experiment.Number(float64(clusters)) && p.At[1] == experiment.Number(noise) && p.At[2] == experiment.Number(1) && p.At[3] == experiment.Number(bias) {
			cell := p.Task.(parity)
			cell.Samples, cell.Held, cell.Settings.Learning.Epochs = 1500, 1000, 5
			return cell
		}
	}
	t.Fatalf("no cell of %d clusters", clusters)
	return parity{}
}

// Two bits are XOR. Chance is 0.5 with a standard error of 0.016 over 1000 samples, of
// which five are allowed; seed 1.
func TestNetworkLearnsWhatLinearReadersCannot(t *testing.T) {
	skipIfShort(t)
	const chance = 5 * 0.016
	for _, c := range []struct {
		clusters int
		bias     float64
		learns   bool
	}{{4, parityBias, true}, {8, parityBias, true}, {8, 0, true}, {4, 0, false}} {
		result, err := parityCell(t, c.clusters, 0.1, c.bias).Run(context.Background(), &experiment.Bench{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := parities().CheckResult(result); err != nil {
			t.Fatal(err)
		}
		accuracy, linear := result.Values[experiment.Accuracy], result.Values[linearAccuracy]
		if c.learns && accuracy < 0.95 || !c.learns && math.Abs(accuracy-0.5) > chance {
			t.Errorf("%d clusters, biases of %v: accuracy %v, learns: %v", c.clusters, c.bias, accuracy, c.learns)
		}
		if math.Abs(linear-0.5) > chance {
			t.Errorf("%d clusters: the linear reader has accuracy %v, want chance", c.clusters, linear)
		}
	}
}

// The linear reader itself learns: here the label is one bit, that of the first block.
func TestLinearReaderLearnsWhatAPlaneSeparates(t *testing.T) {
	cell := parityCell(t, 4, 0.1, parityBias)
	for _, part := range []uint64{1, 2} {
		samples, err := cell.draw(1, part, 1000)
		if err != nil {
			t.Fatal(err)
		}
		centre := parityCentre(1)
		row := make([]float32, parityInputs)
		for i := range samples.Labels {
			samples.Inputs.Row(i, row)
			sum := float32(0)
			for k := range parityInputs / 2 {
				sum += row[k] * centre[k]
			}
			samples.Labels[i] = 0
			if sum < 0 {
				samples.Labels[i] = 1
			}
		}
		reader, err := readLinearly(t.Context(), samples, cell.Settings)
		if err != nil {
			t.Fatal(err)
		}
		if got := reader.accuracy(samples); got < 0.99 {
			t.Errorf("accuracy %v, want about 1", got)
		}
	}
}

// A majority in each block reads samples as well as the formula says: 20,000 samples, five
// standard errors. Wrong by 10 % of its distance from chance it would be refused.
func TestBestReaderOfParities(t *testing.T) {
	skipIfShort(t)
	const count = 20000
	centre, row := parityCentre(3), make([]float32, parityInputs)
	for _, c := range []struct {
		clusters int
		noise    float64
	}{{4, 0.4}, {8, 0.35}, {16, 0.3}, {32, 0.3}, {64, 0.2}, {8, 0}} {
		samples, err := parity{Clusters: c.clusters, Noise: c.noise}.draw(3, 1, count)
		if err != nil {
			t.Fatal(err)
		}
		n, right := indexBits(c.clusters), 0.0
		for i, label := range samples.Labels {
			samples.Inputs.Row(i, row)
			agree := make([]float32, n)
			for k, x := range row {
				agree[k*n/parityInputs] += x * centre[k]
			}
			turned, tied := 0, false
			for _, sum := range agree {
				if sum < 0 {
					turned++
				}
				tied = tied || sum == 0
			}
			switch {
			case tied: // a coin decides
				right += 0.5
			case turned%2 == label:
				right++
			}
		}
		got, want := right/count, parityPossible(n, c.noise)
		if sigma := math.Sqrt(want*(1-want)/count) + 1e-12; math.Abs(got-want) > 5*sigma || c.noise > 0 && 0.1*(want-0.5) < 5*sigma {
			t.Errorf("%d clusters, noise %v: %v of the samples, want %v +- %v", c.clusters, c.noise, got, want, sigma)
		}
	}
}

// Every threshold function of up to 4 bits has integer weights up to 3, of 5 bits up to 5;
// signs of weights turn the parity at most, so that weights from 0 on are enough.
func TestNoPlaneBeatsTheLinearBound(t *testing.T) {
	for n, largest := range map[int]int{2: 3, 3: 3, 4: 3, 5: 5} {
		best, weights := 0, make([]int, n)
		for {
			sums := make([]int, 1<<n)
			for x := range sums {
				for k, w := range weights {
					sums[x] += w * (1 - 2*(x>>k&1))
				}
			}
			for threshold := -largest * n; threshold <= largest*n+1; threshold++ {
				right := 0
				for x, sum := range sums {
					if (sum >= threshold) == (bits.OnesCount(uint(x))%2 == 0) {
						right++
					}
				}
				best = max(best, right, 1<<n-right)
			}
			k := 0
			for ; k < n && weights[k] == largest; k++ {
				weights[k] = 0
			}
			if k == n {
				break
			}
			weights[k]++
		}
		if got, want := linearBound(n), float64(best)/float64(int(1)<<n); got != want {
			t.Errorf("%d bits: bound %v, the best plane reads %v", n, got, want)
		}
	}
}

// A small grid gives all figures, and findings that name its numbers.
func TestParityReport(t *testing.T) {
	skipIfShort(t)
	r := parities()
	r.Points = func(bool) ([]experiment.Point, error) {
		points, err := parityPoints(false)
		var small []experiment.Point
		for _, p := range points {
			cell := p.Task.(parity)
			cell.Samples, cell.Held, cell.Settings.Learning.Epochs = 400, 300, 3
			if p.Task = cell; cell.Clusters <= 8 && cell.Noise <= 0.1 {
				small = append(small, p)
			}
		}
		return small, err
	}
	_, found := report(t, r, []string{"bits", "noise", "noise-two", "noise-unbiased", "linear"})
	for _, want := range []string{
		"One module with biases: at noise 0.1 the accuracy is ", "Two modules with biases: at noise 0.1", "One module without biases: at noise 0.1",
		"within five points of the best possible is 0.1 with 4 clusters", "chance is 50 %, and no linear reader is right in more than 75.0 % with 4 clusters, 75.0 % with 8 clusters.",
		"where the index has an odd number of bits and",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("findings without %q:\n%s", want, found)
		}
	}
}
