package checkpoint

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestEveryTruncationIsAnError(t *testing.T) {
	for _, s := range samples() {
		m, state := s.draw(t)
		whole := file(t, m, &state)
		for part := range 50 {
			cut := len(whole) * part / 50
			if _, err := readBytes(whole[:cut]); err == nil {
				t.Errorf("%s: the first %d of %d bytes loaded", s.name, cut, len(whole))
			}
		}
		if _, err := readBytes(append(bytes.Clone(whole), 0)); err == nil {
			t.Errorf("%s: a file with one more byte loaded", s.name)
		}
	}
}

// A flipped byte may give another valid file (a digit of the seed) or an error. What
// loads must be fit to be saved again. The samples have most of their keys in common, so that
// each takes a third of the bytes.
func TestFlippedBytesNeverPanic(t *testing.T) {
	for first, index := range []int{3, 9, 10, 11} {
		m, state := samples()[index].draw(t)
		whole := file(t, m, &state)
		end := min(len(whole), 8+int(binary.LittleEndian.Uint64(whole))+256)
		for at := first % 3; at < end; at += 3 {
			b := bytes.Clone(whole)
			b[at] ^= []byte{1, 4, 0x80}[at/3%3]
			mustBeSound(t, sealed(b))
		}
	}
}

func mustBeSound(t testing.TB, b []byte) {
	t.Helper()
	l, err := readBytes(b)
	if err != nil {
		return
	}
	if err := l.fold(); err != nil {
		return // a scale overflows
	}
	first := file(t, l.model, l.state)
	again, err := readBytes(first)
	if err != nil {
		t.Fatalf("a loaded model does not load again: %v", err)
	}
	if !bytes.Equal(file(t, again.model, again.state), first) {
		t.Fatal("a loaded model saves to another file the second time")
	}
}

func TestDamagedFilesAreNamed(t *testing.T) {
	set32 := func(b []byte, at int, v uint32) { binary.LittleEndian.PutUint32(b[4*at:], v) }
	for _, c := range []struct {
		name   string
		sample int
		spoil  func(t *testing.T, p *parts)
		want   string
	}{
		{"type", 0, func(t *testing.T, p *parts) { p.header["modules.0.input"]["dtype"] = "I32" }, "tensor modules.0.input: type I32, want F32"},
		{"type of start", 1, func(t *testing.T, p *parts) { p.header["modules.0.input.start"]["dtype"] = "U32" }, "type U32, want I32"},
		{"shape", 0, func(t *testing.T, p *parts) { p.header["readout"]["shape"] = []int{19, 3} }, "tensor readout: shape [19 3], want [3 19]"},
		{"another dimension", 4, func(t *testing.T, p *parts) { p.header["modules.0.bias"]["shape"] = []int{15, 1} }, "shape [15 1], want [15]"},
		{"missing tensor", 4, func(t *testing.T, p *parts) {
			p.header["modules.0.bios"] = p.header["modules.0.bias"]
			delete(p.header, "modules.0.bias")
		}, "tensor modules.0.bias: missing"},
		{"unknown tensor", 0, func(t *testing.T, p *parts) {
			p.header["more"] = map[string]any{"dtype": "F32", "shape": []int{0}, "data_offsets": []int{len(p.data), len(p.data)}}
		}, "tensor more: the settings have no such tensor"},
		{"overlap", 0, func(t *testing.T, p *parts) { p.header["readout"]["data_offsets"] = []int{0, 228} }, "want them to begin at"},
		{"reversed offsets", 0, func(t *testing.T, p *parts) { p.header["readout"]["data_offsets"] = []int{228, 0} }, "data from"},
		{"offsets beyond 63 bits", 0, func(t *testing.T, p *parts) {
			p.header["readout"]["data_offsets"] = []json.Number{"2052", "18446744073709551615"}
		}, "bytes of data, want 18446744073709551615"},
		{"huge entries", 1, func(t *testing.T, p *parts) { p.header["modules.0.input.value"]["shape"] = []json.Number{"2147483647"} }, "bytes, want 8589934588"},
		{"NaN", 0, func(t *testing.T, p *parts) {
			set32(p.tensor(t, "modules.0.recurrent"), 2*19+4, math.Float32bits(float32(math.NaN())))
		}, "tensor modules.0.recurrent: value [2 4] is NaN, want a finite number"},
		{"diagonal", 0, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.recurrent"), 2*19+2, math.Float32bits(2)) }, "value [2 2] is 2, want 0 on the diagonal"},
		{"sender out of range", 1, func(t *testing.T, p *parts) {
			b := p.tensor(t, "modules.0.input.sender")
			set32(b, len(b)/4-1, 17)
		}, "sender 17, want 0 to 16"},
		{"negative sender", 1, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.input.sender"), 0, math.MaxUint32) }, "sender -1, want 0 to 16"},
		{"start falls", 1, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.recurrent.start"), 5, 0) }, "receiver 4 has entries from"},
		{"start begins late", 1, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.recurrent.start"), 0, 1) }, "want 34 starts from 0"},
		{"start ends late", 1, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.recurrent.start"), 33, 1<<30) }, "to the number of entries"},
		{"version", 0, metadata("format_version", "6"), `"6", want "1", "2", "3", "4" or "5"`},
		{"settings", 0, edit("settings", `"batch":16`, `"batch":0`), "learning.batch"},
		{"unknown setting", 0, edit("settings", `"batch"`, `"botch"`), "learning.botch: unknown key; did you mean learning.batch?"},
		{"size of the network", 0, edit("settings", `"neurons":19`, `"neurons":20`), "shape [3 19], want [3 20]"},
		{"settings without end", 0, metadata("settings", strings.Repeat(" ", maxSettings+1)), "want at most 1048576"},
		{"encoder", 0, edit("encoder", `"divisor":255`, `"divisor":0`), "divisor"},
		{"whitening that nothing asks for", 0, edit("encoder", `"divisor":255`, `"divisor":255,"whitening":{"mean":[]}`), "whitening: one without preprocess.whiten"},
		{"whitening without matrix", 0, edit("encoder", `"divisor":255`, `"divisor":255,"whiten":"image","whitening":{"mean":[1,2,3,4,5]}`), "whitening: matrix: 0 values, want 25"},
		{"whitening of nothing", 0, edit("encoder", `"divisor":255`, `"divisor":255,"whiten":"patch","whitening":{"side":5,"mean":[]}`), "shape: [] of samples of 5 values, want the shape of images"},
		{"no whitening", 0, edit("encoder", `"divisor":255`, `"divisor":255,"whiten":"image"`), "whitening: none"},
		{"no encoder", 0, metadata("encoder", "null"), "encoder: none"},
		{"labels", 0, metadata("label_names", `["a"]`), "label names: 1"},
		{"history", 0, metadata("history", `[{},{}]`), "history: record 0: epoch 0"},
		{"history that is no list", 0, metadata("history", `{}`), "want a list"},
		{"two values", 0, metadata("classes", `3 3`), "more text"},
		{"classes", 0, metadata("classes", `1`), "1 classes, want 2 to"},
		{"input shape", 0, metadata("input_shape", `[4294967296,4294967296]`), "input shape"},
		{"window", 2, metadata("input_shape", `[20]`), "input.window"},
		{"window outside of the image", 2, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.input.window"), 3, 10) }, "modules.0.input: windowed block: the window of receiver 3 begins at input 10, row 2, column 2"},
		{"negative window", 2, func(t *testing.T, p *parts) { set32(p.tensor(t, "modules.0.input.window"), 3, math.MaxUint32) }, "begins at input -1"},
		{"window of another side", 2, edit("settings", `"window":3`, `"window":2`), "tensor modules.0.input.value: shape [16 9], want [16 4]"},
		{"window that is thinned", 2, edit("settings", `"density":1,"window":3`, `"density":0.5,"window":3`), "tensor modules.0.input.value: shape [16 9], want [0]"},
		{"missing link", 10, func(t *testing.T, p *parts) {
			p.header["pathways.9"] = p.header["pathways.1"]
			delete(p.header, "pathways.1")
		}, "tensor pathways.1: missing"},
		{"link the other way", 10, func(t *testing.T, p *parts) { p.header["pathways.1"]["shape"] = []int{18, 33} }, "tensor pathways.1: shape [18 33], want [33 18]"},
		{"link one to one", 10, func(t *testing.T, p *parts) {
			p.header["pathways.0"] = map[string]any{"dtype": "F32", "shape": []int{0}, "data_offsets": []int{len(p.data), len(p.data)}}
		}, "tensor pathways.0: the settings have no such tensor"},
		{"infinite link", 10, func(t *testing.T, p *parts) {
			set32(p.tensor(t, "pathways.1"), 2*18+4, math.Float32bits(float32(math.Inf(-1))))
		}, "tensor pathways.1: value [2 4] is -Inf"},
		{"sender of a link", 10, func(t *testing.T, p *parts) {
			b := p.tensor(t, "pathways.2.sender")
			set32(b, len(b)/4-1, 33)
		}, "pathways.2: sparse block: receiver 17, entry"},
		{"coupling of a fixed link", 10, func(t *testing.T, p *parts) { set32(p.tensor(t, "pathways.4.value"), 7, math.Float32bits(0.5)) }, "pathways.4: receiver 2 has a coupling of 0.5, want 0.36666667"},
		{"senders of a fixed link", 10, func(t *testing.T, p *parts) {
			set32(p.tensor(t, "pathways.4.start"), 1, 4)
			for e := range 6 { // receiver 0 gets the first entry of receiver 1
				set32(p.tensor(t, "pathways.4.sender"), e, uint32(e))
			}
		}, "pathways.4: receiver 0 has 4 senders, want 3, as its link says"},
		{"scale of a fixed link", 10, edit("scales", `"pathways.4":"0x1p+00"`, `"pathways.4":"0x1p+01"`), "pathways.4: scale 2, want 1"},
		{"kind of a link", 10, edit("settings", `"kind":"learned"`, `"kind":"magic"`), "links.1.kind"},
		{"end of a link", 10, edit("settings", `"between":[0,2]`, `"between":[0,9]`), "links.1.between"},
		{"direction of a link", 10, edit("settings", `"direction":"backward"`, `"direction":"forward"`), "pathways.4.start: shape"},
		{"modules read", 10, edit("settings", `"readout":[2,0]`, `"readout":[2]`), "tensor readout: shape [3 51], want [3 33]"},
		{"feedback", 10, edit("settings", `"feedback":[1,0,0.5]`, `"feedback":[1]`), "feedback: has 1 strengths"},
		{"length of a chain", 11, edit("settings", `"modules":3`, `"modules":4`), "missing"},
		{"chain without end", 11, edit("settings", `"modules":3`, `"modules":1000000000`), "chain.modules"},
		{"no digest", 0, func(t *testing.T, p *parts) { delete(p.header["__metadata__"], "digest") }, "metadata digest: \"\", want a SHA-256"},
		{"no digest in a file of version 2", 1, func(t *testing.T, p *parts) {
			p.header["__metadata__"]["format_version"] = "2"
			delete(p.header["__metadata__"], "digest")
		}, "metadata digest: \"\", want a SHA-256"},
		{"scale", 0, edit("scales", `"0x`, `"nan`), "want a finite number"},
		{"no scales", 0, metadata("scales", "{}"), "0 scales, want 2"},
		{"state", 0, edit("training_state", `"epoch":2`, `"epoch":1`), "1 epochs complete, want 2"},
		{"state of no batch", 0, edit("training_state", `"batch":7`, `"batch":0`), "a tally of 112 samples after 0 batches, want at most 0"},
		{"unknown part of the state", 0, edit("training_state", `"batch"`, `"botch"`), `unknown field "botch"`},
		{"unknown count", 0, edit("training_state", `"flips"`, `"flops"`), `unknown field "flops"`},
		{"unknown part of a record", 0, edit("history", `"split"`, `"spilt"`), `unknown field "spilt"`},
		{"unknown part of the encoder", 0, edit("encoder", `"divisor"`, `"dividor"`), `unknown field "dividor"`},
		{"section that is none", 0, edit("settings", `"data":{`, `"data":3,"preprocess":{`), "data: is 3, want a section"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, state := samples()[c.sample].draw(t)
			p := takeApart(t, file(t, m, &state))
			c.spoil(t, &p)
			path := put(t, p.join(t))
			_, err := Load(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that says %q and names the file", err, c.want)
			}
			if errors.Is(err, ErrNotModel) {
				t.Errorf("error %v is ErrNotModel, want it for foreign files only", err)
			}
		})
	}
}

func metadata(key, value string) func(*testing.T, *parts) {
	return func(t *testing.T, p *parts) { p.header["__metadata__"][key] = value }
}

func edit(key, old, new string) func(*testing.T, *parts) {
	return func(t *testing.T, p *parts) {
		text := p.header["__metadata__"][key].(string)
		if !strings.Contains(text, old) {
			t.Fatalf("%s is %s, want %s in it", key, text, old)
		}
		p.header["__metadata__"][key] = strings.Replace(text, old, new, 1)
	}
}

func TestForeignFilesAreNotModels(t *testing.T) {
	foreign := parts{map[string]map[string]any{"w": {"dtype": "F32", "shape": []int{1}, "data_offsets": []int{0, 4}}}, make([]byte, 4)}
	for name, b := range map[string][]byte{
		"empty":               {},
		"short":               []byte("x"),
		"text":                []byte("once upon a time there was a file\n"),
		"zip":                 append([]byte("PK\x03\x04"), make([]byte, 100)...),
		"header longer":       binary.LittleEndian.AppendUint64(nil, 1<<20),
		"header of 63 bits":   binary.LittleEndian.AppendUint64(nil, 1<<63),
		"no JSON":             append(binary.LittleEndian.AppendUint64(nil, 4), "{{{{"...),
		"JSON list":           append(binary.LittleEndian.AppendUint64(nil, 2), "[]"...),
		"JSON null":           append(binary.LittleEndian.AppendUint64(nil, 4), "null"...),
		"another safetensors": foreign.join(t),
	} {
		if _, err := Load(put(t, b)); !errors.Is(err, ErrNotModel) {
			t.Errorf("%s: error %v, want ErrNotModel", name, err)
		}
	}
	folder := t.TempDir()
	if _, err := Load(folder); !errors.Is(err, ErrNotModel) {
		t.Errorf("folder: error %v, want ErrNotModel", err)
	}
	if _, err := Load(filepath.Join(folder, "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: error %v, want os.ErrNotExist", err)
	}
}

// A file of a few kilobytes that claims 6 GB, in its settings and its header alike, is
// refused before memory is taken for it.
func TestClaimedSizesTakeNoMemory(t *testing.T) {
	m, _ := samples()[0].draw(t)
	p := takeApart(t, file(t, m, nil))
	edit("settings", `"neurons":19`, `"neurons":40000`)(t, &p)
	end := uint64(0)
	for name, shape := range map[string][]uint64{
		"modules.0.recurrent": {40000, 40000}, "modules.0.input": {40000, 5}, "modules.0.feedback": {3, 40000}, "readout": {3, 40000},
	} {
		size := 4 * shape[0] * shape[1]
		p.header[name]["shape"], p.header[name]["data_offsets"] = shape, []uint64{end, end + size}
		end += size
	}
	b := p.join(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := readBytes(b)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("bytes of data, want %d", end)) {
		t.Errorf("error %v, want the claimed and the real size", err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 4<<20 {
		t.Errorf("refusing the file took %d bytes of memory, want at most 4 MB", taken)
	}
}

// A file is given as header and data, so that the length before the header is right
// and a change reaches what comes after it. The corpus is made here: a model and a
// training file of every small sample. Run it with -fuzzminimizetime=10x: to minimise
// inputs of this size takes longer than to find them.
func FuzzLoad(f *testing.F) {
	for _, s := range samples() {
		if s.classes > 10 {
			continue // large files make the fuzzer slow
		}
		m, state := s.draw(f)
		m.LabelNames = nil
		for _, b := range [][]byte{file(f, m, nil), file(f, m, &state)} {
			n := 8 + binary.LittleEndian.Uint64(b)
			f.Add(b[8:n], b[n:])
		}
	}
	f.Fuzz(func(t *testing.T, header, data []byte) {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		mustBeSound(t, sealed(append(append(b, header...), data...)))
	})
}
