package explore

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"sync"

	"basin"
	"basin/internal/graph"
	"basin/internal/inspect"
	"basin/network"
	"basin/network/coupling"
	"basin/protocol"
)

const (
	// mostJudged bounds the samples that a model is judged on, mostDoubtful those that are shown.
	mostJudged   = 1000
	mostDoubtful = 24
	// mostStrong bounds the senders of a neuron that are listed.
	mostStrong = 12
)

// modelRoom is what the room model keeps.
type modelRoom struct {
	mutex sync.Mutex
	of    *basin.Model
	made  *judgement
}

// modelAnswer is what the room shows at first.
type modelAnswer struct {
	// Open says that there is a model.
	Open bool   `json:"open"`
	Path string `json:"path,omitempty"`
	// Drawing is the graph of its modules, as SVG.
	Drawing string   `json:"drawing,omitempty"`
	Facts   [][2]any `json:"facts,omitempty"`
	Classes []string `json:"classes,omitempty"`
	// Shape of what a neuron sees, Columns the names of the values where they are no image.
	Shape   []int         `json:"shape,omitempty"`
	Columns []string      `json:"columns,omitempty"`
	Modules []modelModule `json:"modules,omitempty"`
}

// modelModule is a module of the model.
type modelModule struct {
	Neurons   int  `json:"neurons"`
	Input     bool `json:"input"`
	Recurrent bool `json:"recurrent"`
	Read      bool `json:"read"`
}

// neuronQuestion chooses a neuron, both counted from 0.
type neuronQuestion struct {
	Module int `json:"module"`
	Neuron int `json:"neuron"`
}

// neuronAnswer is what a neuron sees and votes for.
type neuronAnswer struct {
	// Input has W_ik for every value k that the network reads, nil where the neuron has none;
	// Sees is the number of them.
	Input []*float32 `json:"input"`
	Sees  int        `json:"sees"`
	// Senders are the strongest couplings from neurons, of Heard.
	Senders []sender `json:"senders"`
	Heard   int      `json:"heard"`
	// SelfCoupling is J_D, Bias b_i.
	SelfCoupling float32 `json:"self_coupling"`
	Bias         float32 `json:"bias"`
	// Votes are the couplings O_ci of the readout that predicts, nil where it is not read, and
	// Feedback F_ic at strength one.
	Votes    []float32 `json:"votes"`
	Feedback []float32 `json:"feedback"`
	// Active is the share of the judged samples of each class for which it is at +1, nil where
	// there are no samples; a class without samples has -1.
	Active []float64 `json:"active"`
}

// sender is a coupling from another neuron.
type sender struct {
	Module int     `json:"module"`
	Neuron int     `json:"neuron"`
	Value  float32 `json:"value"`
}

// model registers what the room asks.
func (e *Explorer) modelRoom() {
	ask(e, "model/open", func(context.Context, struct{}) (*modelAnswer, error) { return e.openModel(), nil })
	ask(e, "model/neuron", e.neuron)
	ask(e, "model/judge", func(ctx context.Context, _ struct{}) (*judgement, error) {
		m, err := e.opened()
		if err != nil {
			return nil, err
		}
		return e.judge(ctx, m)
	})
}

// opened returns the model, or a mistake where there is none.
func (e *Explorer) opened() (*basin.Model, error) {
	m, _ := e.Model()
	if m == nil {
		return nil, mistake("no model is open: learn one in the room learn, or begin with basin explore MODEL")
	}
	return m, nil
}

func (e *Explorer) openModel() *modelAnswer {
	m, path := e.Model()
	if m == nil {
		return &modelAnswer{}
	}
	r := inspect.New(m)
	drawing := graph.New(m.Settings)
	drawing.Name = filepath.Base(path)
	a := &modelAnswer{Open: true, Path: path, Drawing: drawing.SVG(), Classes: m.Names(), Shape: m.Network.InputShape}
	if names := valueNames(m); len(a.Shape) == 1 && len(names) == a.Shape[0] {
		a.Columns = names
	}
	for _, module := range m.Network.Modules {
		a.Modules = append(a.Modules, modelModule{module.Neurons, module.Input != nil, module.Recurrent != nil, module.Read})
	}
	a.Facts = [][2]any{
		{"neurons", r.Neurons},
		{"couplings J", r.Couplings.Recurrent},
		{"couplings W", r.Couplings.Input},
		{"couplings of links", r.Couplings.Links},
		{"bytes in memory", r.Bytes},
		{"epochs learned", len(r.History)},
		{"the rule is local", r.Rule.Local},
	}
	if n := len(r.History); n > 0 {
		a.Facts = append(a.Facts, [2]any{"training accuracy at the end", r.History[n-1].Training.Accuracy()})
	}
	return a
}

// valueNames names the values that the columns of a table become: a category each, and whether
// a cell is missing; nil for other models.
func valueNames(m *basin.Model) (names []string) {
	if m.Columns == nil {
		return nil
	}
	for k, column := range m.Columns.Features {
		if k >= len(m.Encoder.Codings) {
			names = append(names, column)
			continue
		}
		coding := m.Encoder.Codings[k]
		if coding.Categories == nil {
			names = append(names, column)
		}
		for _, category := range coding.Categories {
			names = append(names, column+" = "+category)
		}
		if coding.Missing {
			names = append(names, column+" missing")
		}
	}
	return names
}

// neuron answers what one neuron sees and votes for.
func (e *Explorer) neuron(ctx context.Context, q neuronQuestion) (*neuronAnswer, error) {
	m, err := e.opened()
	if err != nil {
		return nil, err
	}
	n := m.Network
	if err := within("module", q.Module, 0, len(n.Modules)-1); err != nil {
		return nil, err
	}
	module := n.Modules[q.Module]
	if err := within("neuron", q.Neuron, 0, module.Neurons-1); err != nil {
		return nil, err
	}
	a := &neuronAnswer{SelfCoupling: module.SelfCoupling, Input: make([]*float32, n.Inputs())}
	if module.Bias != nil {
		a.Bias = module.Bias[q.Neuron]
	}
	if module.Input != nil {
		row(module.Input, q.Neuron, func(k int, w float32) {
			a.Input[k] = &w
			a.Sees++
		})
	}
	a.Senders, a.Heard = senders(n, q)
	if module.Read {
		couplings := n.Readout.Couplings
		if n.Readout.Average != nil {
			couplings = n.Readout.Average
		}
		a.Votes = slices.Clone(n.Readout.Row(couplings, module.Offset+q.Neuron))
	}
	if module.Feedback != nil {
		for c := range n.Classes {
			a.Feedback = append(a.Feedback, module.Feedback[c*module.Padded()+q.Neuron])
		}
	}
	j, err := e.judge(ctx, m)
	if err != nil {
		return nil, err
	}
	a.Active = j.active(module, q.Neuron)
	return a, nil
}

// row visits the couplings of one receiver, in the units of fields.
func row(c coupling.Couplings, i int, visit func(j int, value float32)) {
	scale := float32(c.Scale())
	c.Rows(i, i+1, func(_, j int, v *float32) bool {
		visit(j, scale**v)
		return true
	})
}

// senders returns the strongest couplings on a neuron from others, in its module and in those
// linked to it, and how many there are.
func senders(n *network.Network, q neuronQuestion) (strong []sender, all int) {
	strong = []sender{}
	add := func(from int, c coupling.Couplings) {
		row(c, q.Neuron, func(j int, v float32) { strong = append(strong, sender{from, j, v}) })
	}
	if block := n.Modules[q.Module].Recurrent; block != nil {
		add(q.Module, block)
	}
	for _, p := range n.Pathways {
		switch {
		case p.To != q.Module:
		case p.Block != nil:
			add(p.From, p.Block)
		default:
			strong = append(strong, sender{p.From, q.Neuron, p.Strength})
		}
	}
	all = len(strong)
	slices.SortStableFunc(strong, func(a, b sender) int {
		return cmp.Compare(max(b.Value, -b.Value), max(a.Value, -a.Value))
	})
	return strong[:min(all, mostStrong)], all
}

// judgement is what a model makes of samples.
type judgement struct {
	// From says which samples, or why there are none; Samples is their number, Right those that
	// were predicted rightly.
	From    string `json:"from"`
	Samples int    `json:"samples"`
	Right   int    `json:"right"`
	// Confusion counts samples by true and predicted class.
	Confusion [][]int `json:"confusion"`
	// Doubtful are those of the smallest margins, Wrong those that were mistaken with the largest.
	Doubtful []judged `json:"doubtful"`
	Wrong    []judged `json:"wrong"`
	// Shape of a picture of Values, nil where samples are none.
	Shape []int `json:"shape"`

	states [][]uint64 // of each sample, a bit for each place of a state
	labels []int
	counts []int // of the samples of each class
}

// judged is a sample and its prediction. Values are 0..1, for a picture.
type judged struct {
	Sample     int       `json:"sample"`
	Truth      string    `json:"truth"`
	Prediction string    `json:"prediction"`
	Margin     float32   `json:"margin"`
	Values     []float32 `json:"values"`
}

// judge predicts samples, once for a model.
func (e *Explorer) judge(ctx context.Context, m *basin.Model) (*judgement, error) {
	e.judging.mutex.Lock()
	defer e.judging.mutex.Unlock()
	if e.judging.of == m {
		return e.judging.made, nil
	}
	r := e.reads(ctx, m)
	j := &judgement{From: r.from}
	if r.samples != nil && r.samples.Labels != nil {
		if err := j.predict(ctx, m, r); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	e.judging.of, e.judging.made = m, j
	return j, nil
}

func (j *judgement) predict(ctx context.Context, m *basin.Model, r *reader) error {
	places := make([]int, min(mostJudged, r.samples.Count()))
	for i := range places { // over all of them, which may be sorted
		places[i] = i * r.samples.Count() / len(places)
	}
	set := r.samples.Subset(places)
	if err := set.Relabel(m.Names()); err != nil {
		j.From = r.from + ", whose classes are others"
		return nil
	}
	inputs, err := m.Encoder.Encode(set)
	if err != nil {
		return mistake(err.Error())
	}
	predictor, err := protocol.NewPredictor(m.Settings.Protocol(), m.Network, 1)
	if err != nil {
		return err
	}
	defer predictor.Close()
	classes := len(m.Names())
	j.Samples, j.labels, j.counts = set.Count(), set.Labels, set.Counts()
	j.Confusion = make([][]int, classes)
	for c := range j.Confusion {
		j.Confusion[c] = make([]int, classes)
	}
	var all []judged
	_, err = predictor.Predict(ctx, inputs, set.Count(), func(i int, p protocol.Prediction) error {
		truth := set.Labels[i]
		j.Confusion[truth][p.Label]++
		if truth == p.Label {
			j.Right++
		}
		all = append(all, judged{Sample: places[i], Truth: m.Names()[truth], Prediction: m.Names()[p.Label], Margin: p.Margin})
		bits := make([]uint64, (len(p.State)+63)/64)
		for k, s := range p.State {
			if s > 0 {
				bits[k/64] |= 1 << (k % 64)
			}
		}
		j.states = append(j.states, bits)
		return nil
	})
	if err != nil {
		return err
	}
	if r.drawable() {
		j.Shape = r.shape
	}
	choose := func(keep func(judged) bool, less func(a, b judged) int) (chosen []judged) {
		for _, one := range all {
			if keep(one) {
				chosen = append(chosen, one)
			}
		}
		slices.SortStableFunc(chosen, less)
		chosen = chosen[:min(len(chosen), mostDoubtful)]
		for i := range chosen {
			if j.Shape != nil {
				for k := range r.samples.Features() {
					chosen[i].Values = append(chosen[i].Values, raw(r.samples, chosen[i].Sample, k)/r.largest)
				}
			}
		}
		return chosen
	}
	j.Doubtful = choose(func(judged) bool { return true }, func(a, b judged) int { return cmp.Compare(a.Margin, b.Margin) })
	j.Wrong = choose(func(one judged) bool { return one.Truth != one.Prediction }, func(a, b judged) int { return cmp.Compare(b.Margin, a.Margin) })
	return nil
}

// active returns the share of samples of each class for which a neuron is at +1.
func (j *judgement) active(module *network.Module, neuron int) []float64 {
	if j.Samples == 0 {
		return nil
	}
	at := module.Offset + neuron
	shares := make([]float64, len(j.counts))
	for i, bits := range j.states {
		shares[j.labels[i]] += float64(bits[at/64] >> (at % 64) & 1)
	}
	for c, count := range j.counts {
		if count == 0 {
			shares[c] = -1
			continue
		}
		shares[c] /= float64(count)
	}
	return shares
}
