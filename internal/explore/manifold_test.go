package explore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"basin/dynamics"
	"basin/internal/survey"
	"basin/manifold/census"
	"basin/network"
)

// explorerAt makes an explorer with folders of results.
func explorerAt(t *testing.T, results ...string) *Explorer {
	t.Helper()
	e, err := New(Options{Results: results})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sent asks a room for events and returns them.
func sent(t *testing.T, e *Explorer, path string, of any) []map[string]json.RawMessage {
	t.Helper()
	w := question(t, e, path, of)
	if w.Code != http.StatusOK {
		t.Fatalf("%s %v: %d %s", path, of, w.Code, w.Body)
	}
	var messages []map[string]json.RawMessage
	lines := bufio.NewScanner(w.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if text, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			messages = append(messages, m)
		}
	}
	return messages
}

// aSmall is a network of the room, changed.
func aSmall(changes map[string]any) map[string]any {
	q := map[string]any{
		"neurons": 8, "modules": 1, "self_coupling": 0.4, "lambda": 0.5, "gain": 1, "input": 0, "symmetric": false, "seed": 3, "distance": 2,
	}
	for name, value := range changes {
		q[name] = value
	}
	return q
}

// The room counts what one finds by looking, neuron by neuron, at every state.
func TestManifoldListsTheFixedPointsOfEnumeration(t *testing.T) {
	e := explorerAt(t)
	for _, changes := range []map[string]any{
		{}, {"symmetric": true}, {"input": 0.7}, {"gain": 0.5}, {"neurons": 4, "modules": 2}, {"neurons": 3, "modules": 3, "symmetric": true},
	} {
		q := aSmall(changes)
		q["order"] = "parallel"
		l := answered[listing](t, e, "manifold/census", q)
		s := small{
			Neurons: q["neurons"].(int), Modules: q["modules"].(int), SelfCoupling: 0.4, Lambda: 0.5, Gain: 1, Symmetric: q["symmetric"].(bool),
		}
		if gain, given := changes["gain"]; given {
			s.Gain = gain.(float64)
		}
		if input, given := changes["input"]; given {
			s.Input = input.(float64)
		}
		n, err := network.Draw(s.spec(), []int{1}, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		want := enumerate(n)
		var got []string
		for _, p := range l.Points {
			got = append(got, p.State)
		}
		if slices.Sort(got); !slices.Equal(got, want) || l.Count != len(want) {
			t.Errorf("%v: %d fixed points %v, want %v", changes, l.Count, got, want)
		}
		checkListing(t, l, 2)
	}
}

// enumerate returns the fixed points of a network with the input 1, in the order of their texts.
func enumerate(n *network.Network) []string {
	var found []string
	total := n.Neurons()
	for state := range 1 << total {
		spin := func(i int) float64 { return float64(1 - 2*(state>>i&1)) }
		stays, text := true, ""
		first := 0
		for index, m := range n.Modules {
			for i := range m.Neurons {
				h := float64(m.SelfCoupling) * spin(first+i)
				for j := range m.Neurons {
					if v := m.Recurrent.At(i, j); v != nil && i != j {
						h += m.Recurrent.Scale() * float64(*v) * spin(first+j)
					}
				}
				m.Input.Rows(i, i+1, func(_, _ int, v *float32) bool {
					h += m.Input.Scale() * float64(*v)
					return true
				})
				for _, l := range n.Spec.Links {
					if l.Between[0] == index {
						h += l.Strength * spin(first+m.Neurons+i)
					}
					if l.Between[1] == index {
						h += l.Strength * spin(first-m.Neurons+i)
					}
				}
				stays = stays && (h >= 0) == (spin(first+i) > 0)
				text += map[bool]string{true: "+", false: "-"}[spin(first+i) > 0]
			}
			first += m.Neurons
		}
		if stays {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	return found
}

// checkListing holds the parts of a listing to each other.
func checkListing(t *testing.T, l listing, distance int) {
	t.Helper()
	share, inComponents, links := 0.0, 0, 0
	for _, e := range l.Ends {
		share += e.Share
	}
	if math.Abs(share-1) > 1e-12 {
		t.Errorf("the shares of all ends are %v, want 1", share)
	}
	for _, size := range l.Components {
		inComponents += size
	}
	for k, p := range l.Points {
		if p.X < 0 || p.X > 1 || p.Y < 0 || p.Y > 1 || math.IsNaN(p.X+p.Y) {
			t.Errorf("point %d is drawn at %v, %v", k, p.X, p.Y)
		}
		if slices.Min(p.Margins) < 0 {
			t.Errorf("fixed point %s has the margins %v", p.State, p.Margins)
		}
		for other := range k {
			differ := 0
			for i := range p.State {
				if p.State[i] != l.Points[other].State[i] {
					differ++
				}
			}
			near := differ <= distance
			if near != slices.Contains(l.Links, [2]int{other, k}) {
				t.Errorf("points %d and %d differ in %d neurons, linked: %v", other, k, differ, !near)
			}
			if near {
				links++
			}
		}
	}
	within := 0
	for _, pairs := range l.Pairs[1 : distance+1] {
		within += int(pairs)
	}
	if inComponents != l.Count || links != len(l.Links) || within != 2*links {
		t.Errorf("%d of %d in components, %d of %d links, %d ordered pairs within the distance", inComponents, l.Count, links, len(l.Links), within)
	}
}

func TestManifoldBasinsAreThoseOfTheCensus(t *testing.T) {
	e := explorerAt(t)
	s := small{Neurons: 9, Modules: 1, SelfCoupling: 0.3, Gain: 1, Seed: 5, Distance: 1}
	n, err := network.Draw(s.spec(), []int{1}, 2, s.Seed)
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Sequential} {
		l := answered[listing](t, e, "manifold/census", aSmall(map[string]any{"neurons": 9, "self_coupling": 0.3, "seed": 5, "distance": 1, "order": order}))
		b, err := census.FindBasins(context.Background(), n, always(), census.BasinOptions{Order: order, Seed: s.Seed})
		if err != nil {
			t.Fatal(err)
		}
		for k, p := range l.Points {
			if want := float64(b.Attractors[k].Basin) / 512; p.Basin != want {
				t.Errorf("%s: the basin of fixed point %d is %v, want %v", order, k, p.Basin, want)
			}
		}
		cycles := 0.0
		for _, end := range l.Ends {
			if end.Length > 1 {
				cycles += end.Share
			}
		}
		if math.Abs(cycles-b.CycleShare()) > 1e-12 {
			t.Errorf("%s: %v of the states end in cycles, want %v", order, cycles, b.CycleShare())
		}
	}
}

// Averages are those of basin census, and theory beside them is that of package theory.
func TestManifoldAveragesAreThoseOfTheSurvey(t *testing.T) {
	e := explorerAt(t)
	for _, k := range []survey.Kind{
		{Neurons: 8, Modules: 1, SelfCoupling: 0.4, Gain: 1, Density: 1},
		{Neurons: 4, Modules: 2, SelfCoupling: 0.2, Lambda: 0.6, Gain: 0.8, Density: 1},
	} {
		q := aSmall(map[string]any{"neurons": k.Neurons, "modules": k.Modules, "self_coupling": k.SelfCoupling, "lambda": k.Lambda, "gain": k.Gain, "draws": 30})
		a := answered[averaged](t, e, "manifold/average", q)
		want, err := survey.Average(context.Background(), k, survey.Options{Draws: 30, Seed: 3, Distance: 2})
		if err != nil {
			t.Fatal(err)
		}
		if a.Count.Mean != want.Count.Mean || a.Count.Error != want.Count.Error || *a.Count.Theory != *want.Count.Theory || *a.Limit != want.Sigma {
			t.Errorf("%+v: count %+v, limit %v, want %+v and %v", k, a.Count, *a.Limit, want.Count, want.Sigma)
		}
		for d := range want.Pairs {
			mean, theory := float64(want.Pairs[d].Mean)/float64(want.Count.Mean), *want.Pairs[d].Theory / *want.Count.Theory
			if math.Abs(float64(a.Around[d])-mean) > 1e-12 || math.Abs(a.TheoryAround[d]-theory) > 1e-9*theory {
				t.Errorf("%+v: at distance %d %v and %v, want %v and %v", k, d, a.Around[d], a.TheoryAround[d], mean, theory)
			}
		}
	}
	if a := answered[averaged](t, e, "manifold/average", aSmall(map[string]any{"symmetric": true, "draws": 5})); a.Count.Theory != nil || a.TheoryAround != nil {
		t.Error("symmetric networks have a theory")
	}
}

func TestManifoldCurveIsTheoryAndTheCensus(t *testing.T) {
	e := explorerAt(t)
	messages := sent(t, e, "manifold/curve", aSmall(map[string]any{"draws": 20}))
	if len(messages) != 2+curveSteps {
		t.Fatalf("%d messages, want theory and %d counts", len(messages), curveSteps+1)
	}
	var known expected
	if err := json.Unmarshal(messages[0]["theory"], &known); err != nil {
		t.Fatal(err)
	}
	// J_D = 0 has one fixed point on average; sigma of theory.md at 0.5 and 1.
	for k, want := range map[int]float64{0: 0, 20: 0.324200765271, 40: 0.520393401536} {
		if math.Abs(known.Limit[k]-want) > 1e-11 {
			t.Errorf("the entropy at %v is %v, want %v", known.SelfCouplings[k], known.Limit[k], want)
		}
	}
	for step, m := range messages[1:] {
		var c counted
		if err := json.Unmarshal(m["counted"], &c); err != nil {
			t.Fatal(err)
		}
		a := answered[averaged](t, e, "manifold/average", aSmall(map[string]any{"self_coupling": c.SelfCoupling, "draws": 20}))
		if c.Count.Mean != a.Count.Mean || math.Abs(c.SelfCoupling-0.1*float64(step)) > 1e-12 {
			t.Errorf("at %v %v fixed points, want %v", c.SelfCoupling, c.Count.Mean, a.Count.Mean)
		}
		if c.Largest < 0 || c.Largest > 1 || c.Alone < 0 || c.Alone > 1 {
			t.Errorf("at %v shares %v and %v", c.SelfCoupling, c.Largest, c.Alone)
		}
	}
}

// Around fixed points of large networks the room sends what basin manifold entropy prints.
func TestManifoldEntropyIsThatOfTheSurvey(t *testing.T) {
	if testing.Short() {
		t.Skip("message passing takes a second")
	}
	e := explorerAt(t)
	messages := sent(t, e, "manifold/around", map[string]any{"neurons": 100, "self_coupling": 0.9, "solver": "sequential", "draws": 1, "seed": 1})
	var distances, theory []float64
	if err := json.Unmarshal(messages[0]["theory"], &theory); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(messages[0]["distances"], &distances); err != nil {
		t.Fatal(err)
	}
	k := survey.Kind{Neurons: 100, Modules: 1, SelfCoupling: 0.9, Gain: 1, Density: 1}
	for i, d := range distances {
		if want := float64(*k.FirstMoment(d)); theory[i] != want {
			t.Errorf("S_FP at %v is %v, want %v", d, theory[i], want)
		}
	}
	if alone := sent(t, e, "manifold/around", map[string]any{"neurons": 100, "self_coupling": 0.9, "solver": "rbp", "draws": 0, "seed": 1}); len(alone) != 1 || string(alone[0]["theory"]) != string(messages[0]["theory"]) {
		t.Errorf("theory alone is %d messages", len(alone))
	}
	around := map[string]int{}
	for _, m := range messages[1:] {
		var a survey.Around
		if m["wrong"] != nil {
			t.Fatalf("%s", m["wrong"])
		}
		if m["around"] != nil {
			if err := json.Unmarshal(m["around"], &a); err != nil {
				t.Fatal(err)
			}
			around[string(m["start"])]++
		}
	}
	if len(around) != 2 || around[`"planted"`] != 13 || around[`"sequential"`] != 13 {
		t.Errorf("points around fixed points: %v, want 13 around each of two", around)
	}
}

func TestManifoldRefusesWhatItCannotAnswer(t *testing.T) {
	e := explorerAt(t)
	for _, c := range []struct {
		path, change, says string
		status             int
	}{
		{"manifold/census", `"neurons":1`, "1 neurons in a module, want 2 to 18", 422},
		{"manifold/census", `"neurons":19`, "want 2 to 18", 422},
		{"manifold/census", `"neurons":-9223372036854775808`, "want 2 to 18", 422},
		{"manifold/census", `"neurons":18,"modules":4`, "are 72 neurons", 422},
		{"manifold/census", `"modules":0`, "0 modules", 422},
		{"manifold/census", `"self_coupling":1e300`, "the self-coupling is 1e+300", 422},
		{"manifold/census", `"gain":0`, "the gain is 0", 422},
		{"manifold/census", `"lambda":-1`, "lambda is -1", 422},
		{"manifold/census", `"input":4`, "the input is 4", 422},
		{"manifold/census", `"distance":5`, "5 neurons of distance", 422},
		{"manifold/census", `"distance":0`, "0 neurons of distance", 422},
		{"manifold/census", `"order":"partial"`, `the order "partial"`, 422},
		{"manifold/census", `"neurons":18,"self_coupling":3,"gain":0.1`, "more than 65536 fixed points", 422},
		{"manifold/census", `"seed":-1`, "seed", 400},
		{"manifold/census", `"neurons":1e99`, "neurons", 400},
		{"manifold/census", `"margin":1`, "margin", 400},
		{"manifold/census", `"neurons":`, "", 400},
		{"manifold/average", `"draws":1,"order":null`, "order", 400},
		{"manifold/average", `"draws":1`, "1 networks", 422},
		{"manifold/curve", `"draws":100000`, "100000 networks", 422},
		{"manifold/curve", `"draws":2,"neurons":0`, "0 neurons", 422},
	} {
		body := `{"neurons":6,"modules":1,"self_coupling":0.3,"lambda":0,"gain":1,"input":0,"seed":1,"distance":1`
		if c.path == "manifold/census" {
			body += `,"order":"parallel"`
		}
		checkRefused(t, question(t, e, c.path, body+","+c.change+"}"), c.status, c.says, c.path+" "+c.change)
	}
	for change, says := range map[string]string{
		`"neurons":99`: "99 neurons", `"neurons":1001`: "1001 neurons", `"self_coupling":-1`: "the self-coupling is -1", `"draws":6`: "6 networks",
		`"solver":"parallel"`: `the solver "parallel"`, `"solver":"planted"`: `the solver "planted"`,
	} {
		body := `{"neurons":100,"self_coupling":0.3,"solver":"rbp","draws":1,"seed":1,` + change + "}"
		checkRefused(t, question(t, e, "manifold/around", body), 422, says, change)
	}
}

// checkRefused wants a problem with a status and words in its sentence.
func checkRefused(t *testing.T, w *httptest.ResponseRecorder, status int, says, what string) {
	t.Helper()
	var problem struct{ Detail string }
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != status || !strings.Contains(problem.Detail, says) || problem.Detail == "" {
		t.Errorf("%s: %d %s, want %d and %q", what, w.Code, w.Body, status, says)
	}
}

// Who goes away stops what was computed for him.
func TestManifoldStopsWhenNobodyWaits(t *testing.T) {
	e := explorerAt(t)
	for path, body := range map[string]any{
		"manifold/curve":  aSmall(map[string]any{"neurons": 16, "draws": 1000}),
		"manifold/around": map[string]any{"neurons": 1000, "self_coupling": 0.3, "solver": "rbp", "draws": 5, "seed": 1},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "http://localhost/api/"+path, bytes.NewReader(text)).WithContext(ctx)
		w := &leaving{ResponseRecorder: httptest.NewRecorder(), leave: cancel}
		e.ServeHTTP(w, r)
		if got := strings.Count(w.Body.String(), `"counted"`) + strings.Count(w.Body.String(), `"around"`); got > 0 {
			t.Errorf("%s: %d answers after the page went away", path, got)
		}
	}
}

// leaving goes away with the first message.
type leaving struct {
	*httptest.ResponseRecorder
	leave func()
}

func (l *leaving) Write(p []byte) (int, error) {
	l.leave()
	return l.ResponseRecorder.Write(p)
}

func (l *leaving) Flush() {}

// The picture is the same each time, whatever was asked before.
func TestManifoldAnswersAreDeterministic(t *testing.T) {
	e := explorerAt(t)
	ask := func() string {
		return question(t, e, "manifold/census", fmt.Sprintf(`{"neurons":10,"modules":1,"self_coupling":0.8,"lambda":0,"gain":1,"input":0,"symmetric":false,"seed":2,"distance":2,"order":%q}`, dynamics.Sequential)).Body.String()
	}
	if first := ask(); ask() != first {
		t.Error("one question has two answers")
	}
}
