package online

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"testing"

	"basin"
	"basin/dataset"
	"basin/internal/files"
)

// A log with a flipped bit is refused where samples behind it would be lost, and else ends before
// the frame that was hit, whose bytes are kept.
func TestADamagedLogIsNeverPassedOver(t *testing.T) {
	path := place(t, t.TempDir())
	m, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ends []int64
	for k := range 3 {
		if _, err := m.Learn(t.Context(), some(k, 1)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, m.Status().LogBytes)
	}
	m.abandon()
	content, err := os.ReadFile(m.folder.log(1))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(content); at += 7 {
		hurt := slices.Clone(content)
		hurt[at] ^= 1 << (at % 8)
		entries, end, err := parse("log-1", hurt)
		var damaged *damagedError
		switch {
		case int64(at) < ends[1]:
			if !errors.As(err, &damaged) {
				t.Errorf("byte %d of %d: %d entries and %v, want the damage to be said", at, len(content), len(entries), err)
			}
		case err != nil || len(entries) != 2 || int64(end) != ends[1]:
			t.Errorf("byte %d of %d, in the last frame: %d entries up to %d and %v, want 2 up to %d", at, len(content), len(entries), end, err, ends[1])
		}
	}
	content[ends[0]] ^= 1
	if err := os.WriteFile(m.folder.log(1), content, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); err == nil {
		t.Error("a damaged log was opened")
	}
	if again, err := os.ReadFile(m.folder.log(1)); err != nil || !bytes.Equal(again, content) {
		t.Errorf("the damaged log was changed: %v", err)
	}
}

func TestWhatDoesNotFitIsRefusedBeforeItIsWritten(t *testing.T) {
	m, err := Open(place(t, t.TempDir()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	strange, small := some(0, 2), some(0, 2)
	strange.LabelNames = slices.Clone(strange.LabelNames)
	strange.LabelNames[strange.Labels[1]] = "eleven"
	small.Shape = []int{8, 4}
	small.Bytes = small.Bytes[:64]
	bare := some(0, 1)
	bare.Labels, bare.LabelNames = nil, nil
	for name, s := range map[string]*dataset.Set{"label": strange, "size": small, "no labels": bare, "no samples": some(0, 0), "nil": nil} {
		var refused *RefusedError
		if _, err := m.Learn(t.Context(), s); !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	if s := m.Status(); s.LogBytes != 0 || s.Samples != 0 || s.Failed != nil {
		t.Errorf("status %+v after refusals", s)
	}
	if _, err := m.Learn(t.Context(), some(0, 1)); err != nil {
		t.Error(err)
	}
}

// A model that can no longer learn says so, predicts, and learns again after a way back.
func TestAModelThatFailsGoesBack(t *testing.T) {
	path := place(t, t.TempDir())
	m, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Snapshot(t.Context(), "good"); err != nil {
		t.Fatal(err)
	}
	cause := errors.New("couplings are infinite")
	if err := m.do(t.Context(), &request{other: func() error { m.fail(cause); return nil }}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Learn(t.Context(), some(0, 1)); !errors.Is(err, cause) {
		t.Errorf("learning: %v, want why it fails", err)
	}
	if err := m.RollBack(t.Context(), "good"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Learn(t.Context(), some(0, 1)); err != nil {
		t.Errorf("after the way back: %v", err)
	}
}

// A disk that takes nothing refuses to learn; nothing is learned, and predictions go on.
func TestALogThatCannotBeWritten(t *testing.T) {
	m, err := Open(place(t, t.TempDir()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := bytesOf(t, m.Current())
	if err := m.do(t.Context(), &request{other: func() error { return m.log.file.Close() }}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Learn(t.Context(), some(0, 4)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v, want the error of the disk", err)
	}
	if !bytes.Equal(bytesOf(t, m.Current()), before) {
		t.Error("it has learned what is on no disk")
	}
	if m.Status().Failed == nil {
		t.Error("it would learn on with a log whose end is not known")
	}
	m.Close()
}

func TestOneProcessAtATime(t *testing.T) {
	path := place(t, t.TempDir())
	m, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var locked *files.LockedError
	if _, err := Open(path, Options{}); !errors.As(err, &locked) {
		t.Errorf("a second one: %v, want the lock", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Learn(t.Context(), some(0, 1)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	// Another model file under the same name is not what the folder has learned on.
	other, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Learn(some(0, 1)); err != nil {
		t.Fatal(err)
	}
	if err := other.Save(path); err != nil {
		t.Fatal(err)
	}
	if m, err := Open(path, Options{}); err == nil {
		m.Close()
		t.Error("the folder of another model file was opened")
	}
}

func FuzzParse(f *testing.F) {
	one, err := frame([]entry{newEntry(&dataset.Set{Shape: []int{2}, Floats: []float32{1, 2}, Labels: []int{0}, LabelNames: []string{"a"}}, 1)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(one)
	f.Add(append(slices.Clone(one), one[:len(one)-3]...))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, content []byte) {
		entries, end, err := parse("log", content)
		if err == nil && (end > len(content) || end == 0 && len(entries) > 0) {
			t.Errorf("%d entries up to byte %d of %d", len(entries), end, len(content))
		}
	})
}
