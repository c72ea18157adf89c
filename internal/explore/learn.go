package explore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"gonum.org/v1/gonum/mat"

	"basin"
	"basin/dataset"
	"basin/protocol"
	"basin/settings"
)

const (
	// mostLessons bounds the trainings at one time, mapped the samples of the map.
	mostLessons = 2
	mapped      = 300
)

// school is what the room learn keeps: the models that were learned last, by their digests.
type school struct {
	mutex   sync.Mutex
	lessons int
	order   []string // of the digests, the oldest first
	models  map[string]learnedModel
}

type learnedModel struct {
	model *basin.Model
	file  []byte
}

// mostLearned bounds the models that are kept.
const mostLearned = 4

// learnQuestion says what network learns the digits, and how. Zero epochs shows the network
// as it is drawn.
type learnQuestion struct {
	Neurons      int     `json:"neurons"`
	SelfCoupling float64 `json:"self_coupling"`
	Density      float64 `json:"density"`
	Kappa        float64 `json:"kappa"`
	Feedback     float64 `json:"feedback"`
	Rate         float64 `json:"rate"`
	ReadoutRate  float64 `json:"readout_rate"`
	Batch        int     `json:"batch"`
	Epochs       int     `json:"epochs"`
	Seed         uint64  `json:"seed"`
}

// settings returns those of the run: a fifth of the digits is held out.
func (q learnQuestion) settings() (settings.Settings, error) {
	s := settings.Defaults()
	for _, err := range []error{
		within("neurons", q.Neurons, 10, 1000), between("the self-coupling", q.SelfCoupling, 0, 3), between("the density", q.Density, 0, 1),
		between("the margin", q.Kappa, 0, 5), between("the feedback", q.Feedback, 0, 10), between("the rate", q.Rate, 0, 1),
		between("the readout's rate", q.ReadoutRate, 0, 10), within("samples of a mini-batch", q.Batch, 1, 256), within("epochs", q.Epochs, 0, 100),
	} {
		if err != nil {
			return s, err
		}
	}
	if q.Neurons > 500 && q.Density > 0.5 {
		return s, mistake("dense couplings among more than 500 neurons: take fewer neurons, or a density up to 0.5")
	}
	err := settings.Set(&s, []string{
		"data.set=digits", "data.validation=0.2", fmt.Sprintf("seed=%d", q.Seed),
		fmt.Sprintf("network.modules.0.neurons=%d", q.Neurons), fmt.Sprintf("network.modules.0.self_coupling=%v", q.SelfCoupling),
		fmt.Sprintf("network.modules.0.recurrent.density=%v", q.Density),
		fmt.Sprintf("learning.kappa=%v", q.Kappa), fmt.Sprintf("learning.feedback=%v", q.Feedback), fmt.Sprintf("learning.batch=%d", q.Batch),
		fmt.Sprintf("learning.epochs=%d", q.Epochs),
		fmt.Sprintf("learning.recurrent.rate=%v", q.Rate), fmt.Sprintf("learning.input.rate=%v", q.Rate), fmt.Sprintf("readout.rate=%v", q.ReadoutRate),
	})
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		return s, mistake(err.Error())
	}
	return s, nil
}

// learnMessage is what the page is told: first with the labels of the map, then after every
// epoch, and last with the digest of the model.
type learnMessage struct {
	Epoch  int      `json:"epoch"`
	Epochs int      `json:"epochs"`
	Labels []int    `json:"labels,omitempty"`
	Names  []string `json:"names,omitempty"`
	// Training and Held are accuracies, Unstable, Flips and FixedPoints shares of the epoch.
	Training    float64 `json:"training"`
	Held        float64 `json:"held"`
	Unstable    float64 `json:"unstable"`
	Flips       float64 `json:"flips"`
	FixedPoints float64 `json:"fixed_points"`
	// X and Y are the places of samples on the map; Shown is the share of the spread of the
	// states that the map has.
	X     []float64 `json:"x"`
	Y     []float64 `json:"y"`
	Shown float64   `json:"shown"`
	// Digest of the model file, once the run is over.
	Digest string `json:"digest,omitempty"`
}

// learn registers what the room asks.
func (e *Explorer) learn() {
	e.school.models = map[string]learnedModel{}
	e.mux.HandleFunc("POST /api/learn/run", e.serveLesson)
	ask(e, "learn/show", func(_ context.Context, q struct {
		Digest string `json:"digest"`
	},
	) (struct{}, error) {
		m, ok := e.learned(q.Digest)
		if !ok {
			return struct{}{}, mistake("this model is no longer kept: learn it again")
		}
		e.show(m.model, "model "+q.Digest+", learned here")
		return struct{}{}, nil
	})
	e.mux.HandleFunc("GET /api/learn/model/{digest}", func(w http.ResponseWriter, r *http.Request) {
		m, ok := e.learned(r.PathValue("digest"))
		if !ok {
			refuse(w, http.StatusNotFound, "this model is no longer kept: learn it again")
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", `attachment; filename="digits.safetensors"`)
		_, _ = w.Write(m.file)
	})
}

func (e *Explorer) learned(digest string) (learnedModel, bool) {
	e.school.mutex.Lock()
	defer e.school.mutex.Unlock()
	m, ok := e.school.models[digest]
	return m, ok
}

// enter takes a place among the trainings.
func (s *school) enter() (leave func(), err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.lessons == mostLessons {
		return nil, mistakef("%d networks are being trained already: stop one first", mostLessons)
	}
	s.lessons++
	return func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.lessons--
	}, nil
}

// keep keeps a model and returns its digest.
func (s *school) keep(m *basin.Model) (digest string, err error) {
	folder, err := os.MkdirTemp("", "basin")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "model.safetensors")
	if err := m.Save(path); err != nil {
		return "", err
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(file)
	digest = hex.EncodeToString(sum[:8])
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, known := s.models[digest]; !known {
		s.order = append(s.order, digest)
		s.models[digest] = learnedModel{m, file}
		if len(s.order) > mostLearned {
			delete(s.models, s.order[0])
			s.order = s.order[1:]
		}
	}
	return digest, nil
}

// serveLesson trains a network and tells of every epoch.
func (e *Explorer) serveLesson(w http.ResponseWriter, r *http.Request) {
	var q learnQuestion
	if !read(w, r, &q) {
		return
	}
	s, err := q.settings()
	if err != nil {
		e.fail(w, r, err)
		return
	}
	leave, err := e.school.enter()
	if err != nil {
		e.fail(w, r, err)
		return
	}
	defer leave()
	digits, err := dataset.Open(r.Context(), "digits", dataset.Options{})
	if err != nil {
		e.fail(w, r, err)
		return
	}
	run, err := basin.Begin(s, digits)
	if err != nil {
		e.fail(w, r, mistake(err.Error()))
		return
	}
	send := events(w)
	if send == nil {
		return
	}
	if err := e.school.lesson(r.Context(), run, send); err != nil {
		e.broken(r, send, err)
	}
}

// lesson trains to the end.
func (s *school) lesson(ctx context.Context, run *basin.Run, send func(any) error) error {
	held := run.Task.Held
	l := &atlas{model: run.Model, count: min(mapped, held.Count()), inputs: held}
	first := learnMessage{Epochs: run.Model.Settings.Learning.Epochs, Names: run.Model.Names()}
	for i := range l.count {
		first.Labels = append(first.Labels, held.Label(i))
	}
	tell := func(m learnMessage) (err error) {
		if m.X, m.Y, m.Shown, err = l.draw(ctx); err != nil {
			return err
		}
		return send(m)
	}
	if err := tell(first); err != nil || first.Epochs == 0 {
		return err
	}
	model, err := run.Train(ctx, basin.Options{Workers: 1, Observe: func(p basin.Progress) error {
		if !p.EpochDone {
			return nil
		}
		record := p.State.History[len(p.State.History)-1]
		return tell(learnMessage{
			Epoch: record.Epoch, Epochs: p.Epochs, Training: record.Training.Accuracy(), Held: record.Held.Accuracy(),
			Unstable: record.Training.UnstableShare(), Flips: record.Training.FlipShare(), FixedPoints: record.Held.FixedPointShare(),
		})
	}})
	if err != nil {
		return err
	}
	digest, err := s.keep(model)
	if err != nil {
		return err
	}
	return send(learnMessage{Epoch: first.Epochs, Epochs: first.Epochs, Digest: digest})
}

// atlas maps samples by the states in which a network settles.
type atlas struct {
	model  *basin.Model
	inputs protocol.Inputs
	count  int
	x, y   []float64 // of the last map, whose sides the next one keeps
}

// draw returns the places of the samples on the first two principal components of their states,
// and the share of the variance that these have.
func (a *atlas) draw(ctx context.Context) (x, y []float64, shown float64, err error) {
	predictor, err := protocol.NewPredictor(a.model.Settings.Protocol(), a.model.Network, 1)
	if err != nil {
		return nil, nil, 0, err
	}
	defer predictor.Close()
	states := mat.NewDense(a.count, a.model.Network.StateSize(), nil)
	_, err = predictor.Predict(ctx, a.inputs, a.count, func(i int, p protocol.Prediction) error {
		for k, s := range p.State {
			states.Set(i, k, float64(s))
		}
		return nil
	})
	if err != nil {
		return nil, nil, 0, err
	}
	x, y, shown = principal(states)
	turn(x, a.x)
	turn(y, a.y)
	a.x, a.y = x, y
	return x, y, shown, nil
}

// principal returns the coordinates of rows on their first two principal components, each
// with a sign of its own, and the share of the variance that these have.
func principal(rows *mat.Dense) (x, y []float64, shown float64) {
	count, width := rows.Dims()
	for k := range width {
		mean := 0.0
		for i := range count {
			mean += rows.At(i, k) / float64(count)
		}
		for i := range count {
			rows.Set(i, k, rows.At(i, k)-mean)
		}
	}
	gram := mat.NewSymDense(count, nil)
	gram.SymOuterK(1, rows)
	x, y = make([]float64, count), make([]float64, count)
	var eigen mat.EigenSym
	if count < 2 || !eigen.Factorize(gram, true) {
		return x, y, 0
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	total := 0.0
	for _, v := range values {
		total += math.Max(0, v)
	}
	if total == 0 {
		return x, y, 0
	}
	for axis, to := range [][]float64{x, y} {
		place := count - 1 - axis
		length := math.Sqrt(math.Max(0, values[place]))
		for i := range count {
			to[i] = length * vectors.At(i, place)
		}
		shown += math.Max(0, values[place]) / total
	}
	return x, y, shown
}

// turn gives an axis the sign with which it points as before; a first one has more to the right.
func turn(axis, before []float64) {
	dot := 0.0
	for i, v := range axis {
		if before != nil {
			dot += v * before[i]
		} else {
			dot += v * v * v
		}
	}
	if dot < 0 {
		for i := range axis {
			axis[i] = -axis[i]
		}
	}
}
