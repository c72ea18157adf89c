package compare

import (
	"math"
	"slices"
	"strings"
	"testing"

	"basin/internal/paired"
	"basin/settings"
)

// made returns a row of results, one for each list of places that are wrong, of so many samples
// of class 0 in a task of two classes. Seeds count from 1.
func made(method string, memory int64, samples int, wrong ...[]int) *Row {
	row := &Row{Method: method, Title: method}
	if method == Network {
		row.Title, row.Preset = "Basin", "table"
	}
	for k, places := range wrong {
		o := &Result{Method: method, Seed: uint64(k + 1), MemoryBytes: memory, Parameters: memory / 4, said: make([]int, samples), labels: make([]int, samples)}
		for _, place := range places {
			o.said[place] = 1
		}
		o.Accuracy, o.BalancedAccuracy = scores(o.said, o.labels, 2)
		row.Results = append(row.Results, o)
	}
	return row
}

// first returns the places from 0 to n.
func first(n int) []int {
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	return places
}

func report(drawn bool, rows ...*Row) *Report {
	r := &Report{
		Setup: Setup{Presets: []Preset{{"table", settings.Defaults()}}}, Rows: rows, Drawn: drawn, Training: 800, Held: 200, Split: "test", MajorityLabel: "no",
	}
	r.sum()
	return r
}

func TestVerdictsNeedBothSeedsAndSamples(t *testing.T) {
	network := made(Network, 4000, 200, first(20), first(21), first(19))
	for _, c := range []struct {
		name   string
		other  *Row
		drawn  bool
		want   paired.Verdict
		p      float64
		beside string
	}{
		// 20, 21 and 19 samples more: differences of .1, .105 and .095; 20 to none is 2/2^20.
		{"seeds and samples agree", made("a", 1, 200, nil, nil, nil), false, paired.Wins, 2 / math.Exp2(20), better},
		{"and the other way", made("a", 1, 200, first(40), first(41), first(39)), false, paired.Loses, 2 / math.Exp2(20), worse},
		// The same difference in each seed, of 2 samples: chance has it one time in two.
		{"the samples are too few", made("a", 1, 200, first(18), first(19), first(17)), false, paired.Open, 0.5, equal},
		// With samples of their own the seeds have 6 to none, 2/2^6, but intervals are wider by
		// the ratio: those of no spread have no length all the same.
		{"each seed has its own", made("a", 1, 200, first(18), first(19), first(17)), true, paired.Wins, 2 / math.Exp2(6), better},
		// 20, 0 and 10 samples more: 4.303 * .05/sqrt(3) is more than .05.
		{"the seeds differ too much", made("a", 1, 200, nil, first(21), first(9)), false, paired.Open, 2 / math.Exp2(10), unknown},
		{"equal", made("a", 1, 200, first(20), first(21), first(19)), false, paired.Open, 1, equal},
	} {
		r := report(c.drawn, network, c.other)
		got := r.Rows[1].Against
		if got.Verdict != c.want || math.Abs(got.P-c.p) > 1e-12 || r.beside(r.Rows[1]) != c.beside {
			t.Errorf("%s: verdict %v with p %v, %q, want %v, %v, %q", c.name, got.Verdict, got.P, r.beside(r.Rows[1]), c.want, c.p, c.beside)
		}
	}
	one := report(false, made(Network, 4000, 200, first(20)), made("a", 1, 200, nil), made("b", 1, 200, first(18)))
	if a, b := one.Rows[1].Against.Verdict, one.Rows[2].Against.Verdict; a != paired.Wins || b != paired.Open {
		t.Errorf("one seed: verdicts %v and %v, want those of McNemar's test", a, b)
	}
}

// Rows are compared over the seeds that both have.
func TestContrastsAreOverCommonSeeds(t *testing.T) {
	other := made("a", 1, 200, first(1), first(40))
	other.Results[1].Seed = 7
	r := report(false, made(Network, 4000, 200, first(20), first(20)), other)
	if d := r.Rows[1].Against.Difference; d.Count != 1 || math.Abs(d.Mean-0.095) > 1e-12 {
		t.Errorf("difference %+v, want .095 of seed 1", d)
	}
}

func TestVerdictIsInPlainWords(t *testing.T) {
	network := func() *Row { return made(Network, 4000, 200, first(20), first(21), first(19)) }
	for _, c := range []struct {
		name string
		r    *Report
		want []string
		not  string
	}{
		{"as good and smaller", report(false, network(), made("logistic", 100, 200, first(20), first(20), first(20)), made("forest", 8000, 200, first(40), first(41), first(39))), []string{
			"Basin (table) has 90.00 % of 200 test samples right, over 3 seeds, the same for each.",
			"On these data logistic is as good as Basin (+0.00 ± 1.24 points) and 40 times smaller: take it, it is the smallest that is not told apart from the most accurate, Basin with 90.00 %.",
			"Less accurate than Basin: forest (-10.00 ± 0.00 points, 2.0 times larger).",
		}, "More accurate"},
		{"better and larger", report(true, network(), made("forest", 8000, 200, nil, nil, nil)), []string{
			"right, over 3 seeds, drawn anew for each.",
			"On these data forest is more accurate than Basin (+10.00 ± 1.64 points) and 2.0 times larger: take it, it is the most accurate here, and nothing smaller comes near.",
		}, "As good"},
		{"not told apart", report(false, network(), made("logistic", 100, 200, first(40), first(2), first(19))), []string{
			"On these data logistic is not told apart from Basin (-0.17 ± 24.22 points) and 40 times smaller: try it first, it is the smallest that is not told apart from the most accurate, Basin with 90.00 %; more samples and seeds may tell them apart.",
		}, "take it"},
		{"the network", report(false, network(), made("forest", 3900, 200, first(40), first(41), first(39))), []string{
			"On these data take Basin: the most accurate here, and nothing smaller comes near.",
		}, "As good as"},
		{"nothing learned", report(false, network(), made("forest", 8000, 200, first(20), first(21), first(19)), made(majorityName, 4, 200, first(20), first(21), first(19))), []string{
			"Nothing here is shown to be better than always saying \"no\", which has 90.00 % right: the inputs do not tell the classes apart, or samples and seeds are too few to say.",
			"As good as Basin: forest (+0.00 ± 0.00 points, 2.0 times larger).",
		}, "On these data"},
		{"the network alone learned nothing", report(false, network(), made("forest", 8000, 200, nil, nil, nil), made(majorityName, 4, 200, first(20), first(21), first(19))), []string{
			"Not shown to be better than always saying \"no\", which has 90.00 % right: Basin.",
		}, "Nothing here"},
	} {
		text := strings.Join(c.r.Verdict(), "\n")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", c.name, want, text)
			}
		}
		if strings.Contains(text, c.not) {
			t.Errorf("%s: %q is in\n%s", c.name, c.not, text)
		}
	}
	quick := report(false, network())
	quick.Setup.Quick = true
	if said := quick.Verdict(); len(said) != 2 || !strings.Contains(said[1], "at most 2000 samples") {
		t.Errorf("the network alone: %q", said)
	}
}

// Where a class has most of the samples, who says nothing else is not taken for good.
func TestUnequalClassesAreComparedByBalancedAccuracy(t *testing.T) {
	half := func(method string, memory int64, wrong ...[]int) *Row {
		row := made(method, memory, 200, wrong...)
		for _, o := range row.Results {
			for i := range 20 { // of the second class
				o.labels[i], o.said[i] = 1, 1-o.said[i]
			}
			o.Accuracy, o.BalancedAccuracy = scores(o.said, o.labels, 2)
		}
		return row
	}
	// The network has some of the rare class right and some of the others wrong.
	some := func(k int) []int {
		return append(first(4+k), 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59)
	}
	r := report(false, half(Network, 4000, some(0), some(1), some(2)), half(majorityName, 4, first(20), first(20), first(20)))
	if r.Rows[0].Accuracy >= r.Rows[1].Accuracy {
		t.Fatalf("accuracies %v and %v", r.Rows[0].Accuracy, r.Rows[1].Accuracy)
	}
	if text := strings.Join(r.Verdict(), "\n"); !strings.Contains(text, "Nothing here is shown") {
		t.Errorf("by the accuracy: %s", text)
	}
	r.Unbalanced = true
	for _, row := range r.Rows[1:] {
		row.Against = r.contrast(row, r.Rows[0])
	}
	text := strings.Join(r.Verdict(), "\n")
	for _, want := range []string{`More than half of the samples are "no"`, "here 81.94 %.", "On these data take Basin: the most accurate here."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	r = report(false, made(Network, 4000, 200, first(20)))
	r.Held, r.Unfinished = 9, 7
	if said := r.Verdict(); len(said) != 2 || !strings.HasPrefix(said[0], "Not finished: 7 trainings are missing. ") || !strings.Contains(said[1], "too few") {
		t.Errorf("of 9 samples: %q", said)
	}
}

func TestFactorsHaveTwoDigits(t *testing.T) {
	for x, want := range map[float64]string{1.5: "1.5", 9.94: "9.9", 12.4: "12", 99.6: "100", 437: "440", 12345: "12000"} {
		if got := times(x); got != want {
			t.Errorf("%v times is %q, want %q", x, got, want)
		}
	}
}

// Balanced accuracy is the mean recall, by counting: class 0 has 3 of 4, class 1 has 1 of 2, class
// 2 is never there but said once.
func TestScoresCount(t *testing.T) {
	accuracy, balanced := scores([]int{0, 0, 0, 1, 1, 2}, []int{0, 0, 0, 0, 1, 1}, 4)
	if math.Abs(accuracy-4.0/6) > 1e-12 || math.Abs(balanced-(0.75+0.5+0)/3) > 1e-12 {
		t.Errorf("accuracy %v and balanced %v, want .6667 and .4167", accuracy, balanced)
	}
}

func TestMethodsAreSelectedByName(t *testing.T) {
	chosen, err := Select([]string{"forest", Network, "logistic"})
	if err != nil || len(chosen) != 2 || chosen[0].Name != "logistic" || chosen[1].Name != "forest" {
		t.Errorf("chosen %v (%v)", chosen, err)
	}
	if all, err := Select(nil); err != nil || len(all) != len(Methods()) {
		t.Errorf("%d methods for no name (%v)", len(all), err)
	}
	if alone, err := Select([]string{Network}); err != nil || len(alone) != 0 {
		t.Errorf("the network alone has %d beside it (%v)", len(alone), err)
	}
	_, err = Select([]string{"logistic", "forrest"})
	if err == nil || !strings.Contains(err.Error(), `no method "forrest"`) || !strings.Contains(err.Error(), "did you mean forest?") {
		t.Errorf("error %v", err)
	}
	var names []string
	for _, m := range Methods() {
		if m.Title == "" || m.About == "" || slices.Contains(names, m.Name) {
			t.Errorf("method %+v", m)
		}
		names = append(names, m.Name)
	}
}
