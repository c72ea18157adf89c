package protocol

import (
	"math"

	"basin/internal/layout"
	"basin/network"
)

// judge is what the logits at the end of the warm-up say of the samples of a mini-batch, where
// settings ask: who is decided, and what the others hear in the code rival.
type judge struct {
	undecided float64
	decided   []bool
	logits    [][]float32   // of each sample, under the present couplings
	rows      [][]float32   // the readout that predictions use, by class, in the code rival
	fields    [][][]float32 // of each phase that hears and each sample
}

// makeJudge makes the judge where the settings need one.
func (l *Learner) makeJudge(capacity int) {
	s, n := l.settings, l.network
	rival := s.Dynamics.Code == network.Rival
	if !rival && s.Learning.Undecided == 0 {
		return
	}
	j := &judge{undecided: s.Learning.Undecided, decided: make([]bool, capacity)}
	for range capacity {
		j.logits = append(j.logits, make([]float32, layout.Padded(n.Classes)))
	}
	l.judge = j
	if !rival {
		return
	}
	for range n.Classes {
		j.rows = append(j.rows, make([]float32, n.StateSize()))
	}
	j.fields = make([][][]float32, len(l.phases))
	for p := range l.phases {
		if l.phases[p].feedback == nil {
			continue
		}
		for range capacity {
			j.fields[p] = append(j.fields[p], make([]float32, n.StateSize()))
		}
		l.phases[p].feedback = func(i int) []float32 { return j.fields[p][i] }
	}
}

// layReadout lays one part of the readout by class.
func (l *Learner) layReadout(part, parts int) {
	n := l.network
	couplings, stride := n.Readout.Predicting(), layout.Padded(n.Classes)
	from, to := layout.Part(n.StateSize(), part, parts)
	for c, row := range l.judge.rows {
		for i := from; i < to; i++ {
			row[i] = couplings[i*stride+c]
		}
	}
}

// decided says that sample i is left alone after the warm-up.
func (l *Learner) decided(i int) bool { return l.judge != nil && l.judge.decided[i] }

// judgeSamples judges samples from..to, which are at the end of their warm-up.
func (l *Learner) judgeSamples(w *worker, from, to int) {
	j := l.judge
	for first := from; first < to; first += readGroup {
		end := min(first+readGroup, to)
		w.states = w.states[:0]
		for i := first; i < end; i++ {
			w.states = append(w.states, l.moving.batch.State(i))
		}
		l.network.Readout.Logits(j.logits[first:end], w.states, l.network.Readout.Couplings)
		for i := first; i < end; i++ {
			label, logits := l.label(i), j.logits[i][:l.network.Classes]
			rival := -1
			for c, v := range logits {
				if c != label && (rival < 0 || v > logits[rival]) {
					rival = c
				}
			}
			j.decided[i] = j.undecided > 0 && float64(logits[label])-float64(logits[rival]) > j.undecided
			if j.rows != nil && !j.decided[i] {
				l.oppose(i, label, rival)
			}
		}
	}
}

// oppose writes the feedback of the code rival for sample i.
func (l *Learner) oppose(i, label, rival int) {
	n, right, wrong := l.network, l.judge.rows[label], l.judge.rows[rival]
	square := 0.0
	for k, o := range right {
		d := float64(o - wrong[k])
		square += float64(d * d)
	}
	scale := 0.0
	if square > 0 {
		classes := float64(n.Classes)
		scale = l.strength * math.Sqrt((classes+3)/(4*classes)*float64(n.ReadNeurons())/square)
	}
	for p, fields := range l.judge.fields {
		if fields == nil {
			continue
		}
		for _, m := range l.phases[p].Hears {
			module, factor := n.Modules[m], scale
			if len(n.Spec.Feedback) > 0 {
				factor *= n.Spec.Feedback[m]
			}
			from, to := module.Offset, module.Offset+module.Padded()
			field := fields[i][from:to]
			for k, o := range right[from:to] {
				field[k] = float32(float32(factor) * (o - wrong[from+k]))
			}
		}
	}
}
