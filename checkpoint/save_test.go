package checkpoint

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"basin/dataset"
	"basin/dataset/table"
	"basin/network"
	"basin/network/coupling"
	"basin/train"
)

// A model that breaks its promises is refused, and the file that was there stays.
func TestSaveRefusesAndKeepsTheOldFile(t *testing.T) {
	dense, sparse, two, graph, chain := samples()[0], samples()[1], samples()[9], samples()[10], samples()[11]
	nan := float32(math.NaN())
	for _, c := range []struct {
		name   string
		sample sample
		spoil  func(m *Model)
		want   string
	}{
		{"no network", dense, func(m *Model) { m.Network = nil }, "no network"},
		{"no encoder", dense, func(m *Model) { m.Encoder = nil }, "encoder: none"},
		{"encoder of another size", dense, func(m *Model) { m.Encoder.Features = 6 }, "encoder: gives 6 values, want 5"},
		{"invalid settings", dense, func(m *Model) { m.Settings.Learning.Batch = 0 }, "learning.batch"},
		{"settings of another network", dense, func(m *Model) { m.Network.Spec.Modules = []network.ModuleSpec{module(20, 0, 1, 1, 0)} }, "differs from the settings"},
		{"label names", dense, func(m *Model) { m.LabelNames = m.LabelNames[1:] }, "label names: 2"},
		{"columns", dense, func(m *Model) { m.Columns.Place = -2 }, "columns: "},
		{"other columns", dense, func(m *Model) { m.Columns.Cells++ }, "the values of a sample"},
		{"kinds", dense, func(m *Model) { m.Columns.Kinds = []table.Kind{"colour"} }, "1 kinds, want 5"},
		{"categories", dense, func(m *Model) {
			m.Columns.Kinds = []table.Kind{table.Number, table.Number, table.Category, table.Number, table.Date}
		}, "value 2 is one of categories: true, but for the encoder: false"},
		{"codings", dense, func(m *Model) { m.Encoder.Codings = make([]dataset.Coding, 4) }, "codings: 4, want 5"},
		{"history", dense, func(m *Model) { m.History[1].Epoch = 1 }, "epoch 1 after 1"},
		{"cycles", dense, func(m *Model) { m.History[0].Training.Cycles = 11 }, "more samples"},
		{"period 2", dense, func(m *Model) { m.History[0].Training.Period2 = 1 }, "more samples"},
		{"tally", dense, func(m *Model) { m.History[0].Held.Correct = 1 }, "more samples"},
		{"NaN in J", dense, func(m *Model) { *m.Network.Modules[0].Recurrent.At(7, 2) = nan }, "tensor modules.0.recurrent: value [7 2] is NaN"},
		{"NaN in O", dense, func(m *Model) { m.Network.Readout.Couplings[4*16+1] = nan }, "tensor readout: value [1 4] is NaN"},
		{"infinite W", sparse, func(m *Model) { *nth(m.Network.Modules[0].Input, 3) = float32(math.Inf(1)) }, "tensor modules.0.input.value: value 3 is +Inf"},
		{"overflow of a scale", sparse, func(m *Model) { m.Network.Modules[0].Input.SetScale(1e200) }, "Inf"},
		{"scale zero", dense, func(m *Model) { m.Network.Modules[0].Input.SetScale(0) }, "modules.0.input: scale 0"},
		{"padding of feedback", dense, func(m *Model) { m.Network.Modules[0].Feedback[2*32+31] = 1 }, "padding"},
		{"padding between modules", two, func(m *Model) { m.Network.Readout.Couplings[20*16] = 1 }, "padding"},
		{"padding after modules", two, func(m *Model) { m.Network.Readout.Average[60*16+2] = 1 }, "padding"},
		{"short array", two, func(m *Model) { m.Network.Modules[1].Feedback = m.Network.Modules[1].Feedback[:5] }, "5 values of feedback, want 96"},
		{"missing bias", two, func(m *Model) { m.Network.Modules[0].Bias = nil }, "has biases: false"},
		{"missing module", two, func(m *Model) { m.Network.Modules = m.Network.Modules[:1] }, "1 modules, want 2"},
		{"fan-in", two, func(m *Model) { m.Network.Modules[0].Recurrent = zeros(18, 18, true, 3) }, "fan-in 3"},
		{"another kind", sparse, func(m *Model) { m.Network.Modules[0].Recurrent = zeros(33, 33, true, 0.2*33) }, "dense, want 33 of 33, true, 6.6000000000000005, sparse"},
		{"without couplings", dense, func(m *Model) {
			m.Network.Modules[0].Recurrent = coupling.NewDense(m.Network.Modules[0].Recurrent.Shape())
		}, "without couplings"},
		{"chain not written out", chain, func(m *Model) { m.Network.Spec = chain.spec }, "differs from the settings"},
		{"missing pathway", graph, func(m *Model) { m.Network.Pathways = m.Network.Pathways[:4] }, "4 pathways, want 5"},
		{"strength of a link", two, func(m *Model) { m.Network.Pathways[1].Strength = 0.8 }, "pathway 1 differs"},
		{"frozen link", graph, func(m *Model) { m.Network.Pathways[1].Learned = false }, "pathway 1 differs"},
		{"no block", graph, func(m *Model) { m.Network.Pathways[1].Block = nil }, "pathway 1 differs"},
		{"turned block", graph, func(m *Model) { m.Network.Pathways[1].Block = zeros(18, 33, false, 33) }, "pathway 1: 18 receivers of 33"},
		{"NaN in a link", graph, func(m *Model) { *nth(m.Network.Pathways[3].Block, 2) = nan }, "tensor pathways.3.value: value 2 is NaN"},
		{"coupling of a fixed link", graph, func(m *Model) { *nth(m.Network.Pathways[4].Block, 0) = 1 }, "pathways.4: receiver 0 has a coupling of 1"},
		{"scale of a fixed link", graph, func(m *Model) { m.Network.Pathways[4].Block.SetScale(0.5) }, "pathways.4: scale 0.5"},
		{"module read though it is not", graph, func(m *Model) { m.Network.Readout.Couplings[33*16] = 1 }, "padding"},
		{"tanh", graph, func(m *Model) { m.Network.Modules[1].Tanh = 1 }, "tanh 1, read false, want 18 at 32, 0.25, 1.5, false"},
		{"read", graph, func(m *Model) { m.Network.Modules[1].Read = true }, "read true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, state := c.sample.draw(t)
			c.spoil(m)
			path := put(t, []byte("the old file"))
			saves := map[string]func() error{"Save": func() error { return Save(path, m) }}
			if !strings.Contains(c.name, "overflow") {
				saves["SaveTraining"] = func() error { return SaveTraining(path, m, state) }
			}
			for name, save := range saves {
				err := save()
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: error %v, want one that says %q and names the file", name, err, c.want)
				}
			}
			checkOnly(t, path, "the old file")
		})
	}
}

// zeros is a dense block of zeros.
func zeros(receivers, senders int, hollow bool, fanIn float64) coupling.Block {
	d := coupling.NewDense(coupling.Shape{Receivers: receivers, Senders: senders, Hollow: hollow, FanIn: fanIn})
	if err := d.Fill(nil, func(int, []float32) {}); err != nil {
		panic(err)
	}
	return d
}

// checkOnly holds that path has the content and is alone in its folder.
func checkOnly(t *testing.T, path, content string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("file after a failed save: %q, %v, want %q", got, err, content)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("folder after a failed save: %v, %v, want the old file alone", entries, err)
	}
}

func TestSaveRefusesAStateThatDoesNotFitItsHistory(t *testing.T) {
	m, state := samples()[0].draw(t)
	for name, spoil := range map[string]func(s *train.State){
		"epoch": func(s *train.State) { s.Epoch = 3 },
		"batch": func(s *train.State) { s.Batch = -1 },
		"tally": func(s *train.State) { s.Tally.Flips = -1 },
	} {
		s := state
		spoil(&s)
		path := put(t, []byte("old"))
		if err := SaveTraining(path, m, s); err == nil || !strings.Contains(err.Error(), "training state") {
			t.Errorf("%s: error %v, want one about the training state", name, err)
		}
		checkOnly(t, path, "old")
	}
	if err := SaveTraining(put(t, nil), nil, state); err == nil {
		t.Error("SaveTraining of no model gave no error")
	}
}

func TestSaveIntoAFolderThatCannotBeWritten(t *testing.T) {
	m, _ := samples()[0].draw(t)
	folder := t.TempDir()
	if err := Save(filepath.Join(folder, "absent", "m.safetensors"), m); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent folder: error %v, want os.ErrNotExist", err)
	}
	if err := Save(folder, m); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder in place of a file: error %v, want one that says so", err)
	}
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write into every folder: the read-only folder is not tested")
	}
	path := put(t, []byte("old"))
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Dir(path), 0o700)
	if err := Save(path, m); !errors.Is(err, os.ErrPermission) {
		t.Errorf("read-only folder: error %v, want os.ErrPermission", err)
	}
	checkOnly(t, path, "old")
}

// limited fails once it has taken room bytes, like a full disk.
type limited struct{ room int }

var errFull = errors.New("no space left")

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.room {
		n := l.room
		l.room = 0
		return n, errFull
	}
	l.room -= len(b)
	return len(b), nil
}

func TestEveryFailedWriteIsReported(t *testing.T) {
	m, _ := samples()[6].draw(t)
	whole := len(file(t, m, nil))
	for part := range 20 {
		header, list, err := prepare(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(&limited{whole * part / 20}, header, list, true); !errors.Is(err, errFull) {
			t.Errorf("disk full after %d of %d bytes: error %v", whole*part/20, whole, err)
		}
	}
}

func TestWriterStreamsInChunks(t *testing.T) {
	s := sample{"large", network.Spec{Modules: []network.ModuleSpec{module(260, 0, 0.9, 1, 0)}}, []int{130}, 3, false}
	m, state := s.draw(t) // 60,000 entries: more than three chunks
	b := file(t, m, &state)
	l, err := readBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "model", l.model, m)
	if !bytes.Equal(file(t, l.model, l.state), b) {
		t.Error("the file of the loaded model differs")
	}
}
