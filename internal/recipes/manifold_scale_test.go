package recipes

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/solve"
	"basin/network/coupling"
	"basin/theory"
)

// Points on a line give its slope and no misfit, whatever their errors.
func TestLineThroughPointsOnIt(t *testing.T) {
	x, y := []float64{1, 2, 4, 8}, []float64{5, 7, 11, 19}
	l := fitted(x, y, []float64{1, 0.5, 2, 0.1})
	if math.Abs(l.slope-2) > 1e-9 || l.misfit > 1e-9 || l.chance() < 0.999 {
		t.Errorf("%+v, chance %v, want slope 2 and no misfit", l, l.chance())
	}
	// Equal errors e: the variance of the slope is e^2 over the sum of squares about the mean.
	equal := fitted([]float64{0, 1, 2}, []float64{0, 3, 0}, []float64{1, 1, 1})
	if math.Abs(equal.slopeError-math.Sqrt(0.5)) > 1e-12 || math.Abs(equal.slope) > 1e-12 || math.Abs(equal.misfit-6) > 1e-12 {
		t.Errorf("%+v, want slope 0 with error sqrt(1/2) and misfit 6", equal)
	}
}

// The law that made the times is named, the other never, and large errors tell nothing. 200
// samples each of errors 0.1 (or 3), sizes 250 to 8000; a true law misses the bar of 0.01
// in about 2 of 200.
func TestLawOfTimes(t *testing.T) {
	sizes := []float64{250, 500, 1000, 2000, 4000, 8000}
	normal := rand.New(rand.NewPCG(1, 1))
	verdicts := func(log func(n float64) float64, sigma float64) map[string]int {
		counts := map[string]int{}
		for range 200 {
			var logs, errors []float64
			for _, n := range sizes {
				logs, errors = append(logs, log(n)+sigma*normal.NormFloat64()), append(errors, sigma)
			}
			verdict, _, _ := strings.Cut(lawOf(sizes, logs, errors).String(), ":")
			counts[verdict]++
		}
		return counts
	}
	power := func(n float64) float64 { return 1 + 0.7*math.Log(n) }
	exponential := func(n float64) float64 { return 1 + n/2000 }
	l := lawOf(sizes[:2], []float64{power(250), power(500)}, []float64{1, 1})
	if p, e := l.at(1000); math.Abs(math.Log(p)-power(1000)) > 1e-9 || math.Abs(math.Log(e)-(3*power(500)-2*power(250))) > 1e-9 {
		t.Errorf("two points go on to %v and %v", p, e)
	}
	if c := verdicts(power, 0.1); c["a power law"] < 190 || c["exponential"] > 0 {
		t.Errorf("a power law: %v", c)
	}
	if c := verdicts(exponential, 0.1); c["exponential"] < 190 || c["a power law"] > 0 {
		t.Errorf("an exponential: %v", c)
	}
	if c := verdicts(power, 3); c["cannot tell"] < 190 {
		t.Errorf("times that tell nothing: %v", c)
	}
	if text := lawOf(sizes[:3], []float64{1, 2, 3}, []float64{0.01, 0.01, 0.01}).String(); !strings.HasPrefix(text, "cannot tell") {
		t.Errorf("three sizes: %s", text)
	}
}

// Searches that fail are longer than any: with three of five at an end the median is the
// third, but its upper end is open.
func TestMedianOfTimesWithFailures(t *testing.T) {
	for _, c := range []struct {
		times    []float64
		searches int
		want     float64 // 0 for none
	}{{[]float64{4, 1, 9}, 5, 0}, {[]float64{4, 1, 9, 16, 25}, 5, 9}, {[]float64{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}, 16, 8}, {nil, 4, 0}} {
		r := timed(map[string]float64{}, c.times, c.searches)
		if got := r.Values["time"]; got != c.want {
			t.Errorf("%v of %d: median %v, want %v", c.times, c.searches, got, c.want)
		}
		if s := r.Series[medianSeries]; c.want > 0 && (s.Y[0] != math.Log(c.want) || !(s.Y[1] > 0)) {
			t.Errorf("%v of %d: %v", c.times, c.searches, s)
		}
	}
}

// The correlation of the pairs of N = 300 has the standard error 1/sqrt(N(N-1)/2), 0.005.
func TestMixedCouplingsHaveTheirSymmetry(t *testing.T) {
	for _, want := range []float64{-1, -0.5, 0, 0.3, 1} {
		n, err := solving{Kind: oneModule(300, 0.5), Symmetry: want}.draw(1)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := coupling.Symmetry(n.Modules[0].Recurrent)
		if !ok || math.Abs(got-want) > 0.025 || math.Abs(want) == 1 && math.Abs(got-want) > 1e-3 {
			t.Errorf("symmetry %v, want %v", got, want)
		}
		sum, count := 0.0, 0.0
		n.Modules[0].Recurrent.Each(func(_, _ int, value *float32) bool {
			sum += float64(*value) * float64(*value)
			count++
			return true
		})
		// Its standard error is sqrt(2/count), twice that where pairs are equal.
		if variance := 300 * sum / count; math.Abs(variance-1) > 0.05 {
			t.Errorf("symmetry %v: variance %v/N, want 1/N", want, variance)
		}
	}
}

// runCell computes a cell and checks what it gives.
func runCell(t *testing.T, task experiment.Task) experiment.Result {
	t.Helper()
	result, err := task.Run(t.Context(), &experiment.Bench{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := manifoldScale().CheckResult(result); err != nil {
		t.Fatal(err)
	}
	return result
}

// Below the threshold dynamics fails, far above it does not; message passing is between
// (recorded: solvers at N = 500, seed 1).
func TestSearchesOfAGrid(t *testing.T) {
	solved := func(solver solve.Solver, jd float64) float64 {
		return runCell(t, solving{Kind: oneModule(300, jd), Solver: solver, Draws: 4, Budget: 400}).Values["solved"]
	}
	for _, c := range []struct {
		solver solve.Solver
		jd     float64
		want   float64
	}{{solve.Sequential, 0.2, 0}, {solve.Sequential, 1.2, 1}, {solve.Parallel, 1.2, 1}, {solve.Reinforced, 0.4, 1}, {solve.Focusing, 0.4, 1}, {solve.Reinforced, 0.02, 0}} {
		if got := solved(c.solver, c.jd); got != c.want {
			t.Errorf("%s at J_D = %v: %v solved, want %v", c.solver, c.jd, got, c.want)
		}
	}
	// Symmetric couplings have an energy: parallel sweeps end at cycles of at most two states.
	r := runCell(t, solving{Kind: oneModule(60, 0), Solver: solve.Parallel, Symmetry: 1, Draws: 30, Budget: 2000})
	if r.Values["longer"] != 0 || math.Abs(r.Values["solved"]+r.Values["period_2"]-1) > 1e-9 || r.Values["period_2"] == 0 {
		t.Errorf("symmetric couplings: %v, want fixed points and cycles of period 2", r.Values)
	}
}

// A label of strength 0 is none: its phase ends where it begins the other. With a strong
// input both settle (dynamics from J_D = 0.5, a = 5).
func TestLabelledNetworksSettle(t *testing.T) {
	k := oneModule(200, 0.5)
	k.Input = 5
	without := runCell(t, labelled{Kind: k, Draws: 4, Budget: 300})
	if v := without.Values; v["solved"] != 1 || v["free"] != 1 || math.Abs(v["kept"]-1) > 1e-9 || v["free_time"] != 1 {
		t.Errorf("no label: %v, want one state for both phases", v)
	}
	with := runCell(t, labelled{Kind: k, Label: 2, Draws: 4, Budget: 300})
	if v := with.Values; v["solved"] != 1 || v["free"] != 1 || !(v["kept"] < 1 && v["kept"] > 0.5) {
		t.Errorf("a label: %v, want a state that is near, and another", v)
	}
}

// Around a planted state belief propagation meets the first moment where it converges, and
// without a field the entropy of all fixed points; what rbp reaches has neighbours at once.
func TestAroundPlantedAndReached(t *testing.T) {
	skipIfShort(t)
	const jd, n = 0.5, 400
	typical := runCell(t, around{Kind: oneModule(n, jd), Start: planted, Draws: 3, Iterations: 150})
	e := theory.Ensemble{SelfCoupling: jd}
	curve := localEntropy(experiment.Row{Seeds: 1, Series: typical.Series}, "")
	if len(curve.X) < 4 {
		t.Fatalf("%v: few fields converge", curve.X)
	}
	for k, distance := range curve.X {
		want, err := e.LocalEntropy(1 - distance)
		if err != nil {
			t.Fatal(err)
		}
		// Measured at N = 1000: up to 0.012 below the first moment at 1 - q = 0.09.
		if off := curve.Y[k] - want; distance > 0.15 && math.Abs(off) > 0.015 {
			t.Errorf("planted: %v at 1 - q = %v, first moment %v", curve.Y[k], distance, want)
		}
	}
	sigma, err := e.Entropy()
	if err != nil {
		t.Fatal(err)
	}
	// Fluctuations of ln(number)/N between networks are of order 1/N.
	if last := curve.Y[len(curve.Y)-1]; math.Abs(last-sigma) > 0.01 {
		t.Errorf("no field: %v, want %v", last, sigma)
	}
	reached := runCell(t, around{Kind: oneModule(n, jd), Start: string(solve.Reinforced), Draws: 3, Budget: 1000, Iterations: 150})
	one, err := e.Around(n, 1)
	if err != nil {
		t.Fatal(err)
	}
	if v := reached.Values; v["solved"] != 1 || v["near_1"] < 10*one.Value || v["near_1"] < 5 {
		t.Errorf("reached: %v, want many more neighbours than %v", v, one.Value)
	}
	failed := runCell(t, around{Kind: oneModule(100, 0.01), Start: string(solve.Sequential), Draws: 1, Budget: 5})
	if _, given := failed.Values["near_1"]; given || failed.Values["solved"] != 0 || failed.Series != nil {
		t.Errorf("no state: %+v, want nothing around it", failed)
	}
}

// The mean margin of planted states is that of theory: a deviation of 0.7 of single margins,
// 4 draws of N = 400, gives the standard error 0.02. What sequential sweeps reach is flatter,
// and a walk needs no longer step than the distance of its ends.
func TestWalksAndMargins(t *testing.T) {
	const jd = 0.8
	typical := runCell(t, walking{Kind: oneModule(400, jd), Start: planted, Draws: 4, Budget: 200, Moves: 2, Turned: 50, Sweeps: 100})
	m, err := theory.Ensemble{SelfCoupling: jd}.FixedPointMargins()
	if err != nil {
		t.Fatal(err)
	}
	if got := typical.Values["margin"]; math.Abs(got-m.Mean()) > 0.1 {
		t.Errorf("mean margin %v, want %v", got, m.Mean())
	}
	area := 0.0
	for _, density := range typical.Series[marginSeries].Y {
		area += density * marginWidth
	}
	if math.Abs(area-1) > 0.01 {
		t.Errorf("the histogram of margins has the area %v", area)
	}
	if _, given := typical.Values["longest"]; given {
		t.Error("a walk from a planted state, which has no second one")
	}
	reached := runCell(t, walking{Kind: oneModule(100, 1), Start: string(solve.Sequential), Draws: 4, Budget: 500, Moves: 2, Turned: 50, Sweeps: 100})
	v := reached.Values
	if v["solved"] != 1 || !(v["longest"] >= 1) || v["longest"] > v["distance"]*100/2 || v["stays"]+v["heals"] > 1 || v["stays"] <= typical.Values["stays"] {
		t.Errorf("reached: %v, typical: %v", v, typical.Values)
	}
}

// A small grid gives all figures, and findings for each part of the claim.
func TestManifoldScaleReport(t *testing.T) {
	skipIfShort(t)
	r := manifoldScale()
	r.Points = func(bool) ([]experiment.Point, error) {
		points, err := scalePoints(false)
		var small []experiment.Point
		shrink := func(k survey.Kind) survey.Kind { // N of 250 to 2000 become 60 to 120
			k.Neurons = 120 / k.Modules / max(1, 1000/k.Total())
			return k
		}
		for _, p := range points {
			switch task := p.Task.(type) {
			case solving:
				task.Kind, task.Draws, task.Budget = shrink(task.Kind), min(task.Draws, 4), 200
				p.Task = task
			case labelled:
				task.Kind, task.Draws = shrink(task.Kind), 4
				p.Task = task
			case around:
				task.Kind, task.Iterations, task.Budget = shrink(task.Kind), 40, 300
				p.Task = task
			case walking:
				task.Kind, task.Draws, task.Budget, task.Turned = shrink(task.Kind), 2, 300, 10
				p.Task = task
			case existing:
				task.Replicas = []int{2, 3}
				p.Task = task
			}
			if size := p.At[2]; size != experiment.Number(2000) && (size != experiment.Number(500) || p.At[0] == experiment.Word(partChain)) {
				small = append(small, p)
			}
		}
		return small, err
	}
	_, found := report(t, r, []string{"thresholds", "solved-sequential", "solved-rbp", "plane-sequential", "input", "label", "cycles-100", "around-1000-0.5", "walks", "margins-0.5"})
	for _, want := range []string{
		"Existence: ", "Below J_D = 0.056 some overlap", "Threshold of sequential sweeps", "Threshold of focusing belief propagation", "Two modules", "Input: at J_D = 0.5", "Label: J_D = 0.5, a = 5",
		"Cycles: without self-coupling", "Local entropy at J_D = 0.5", "counted exactly, J_D = 0.5", "Connectivity: at J_D = 0.8", "Flatness at J_D = 0.5", "Open: ",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("findings without %q:\n%s", want, found)
		}
	}
}
