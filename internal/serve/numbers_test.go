package serve

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

// plainTwin reads what [plainNumbers] reads with the standard library; ok as there, but for forms
// that the shortcut leaves to others.
func plainTwin(text []byte) (values []float32, width int, ok bool) {
	var body struct{ Inputs [][]*float64 }
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || len(members) != 1 || members["inputs"] == nil || json.Unmarshal(text, &body) != nil || len(body.Inputs) == 0 {
		return nil, 0, false
	}
	width = len(body.Inputs[0])
	for _, row := range body.Inputs {
		if len(row) != width || width == 0 {
			return nil, 0, false
		}
		for _, n := range row {
			if n == nil {
				return nil, 0, false
			}
			if math.IsInf(float64(float32(*n)), 0) {
				return nil, 0, false
			}
			values = append(values, float32(*n))
		}
	}
	return values, width, true
}

func FuzzPlainNumbers(f *testing.F) {
	for _, text := range []string{
		`{"inputs": [[1, -2.5, 3e-2], [0.1, -0, 16777217]]}`, `{"inputs":[[1]]}`, "\t{ \"inputs\" :\n[ [ 1 , 2 ] ] }\r\n",
		`{"inputs": [[0.1234567890123456789, 123456789012345, 1234567890123456, 9007199254740993]]}`,
		`{"inputs": [[01]]}`, `{"inputs": [[1.]]}`, `{"inputs": [[.5]]}`, `{"inputs": [[-]]}`, `{"inputs": [[1e]]}`, `{"inputs": [[+1]]}`,
		`{"inputs": [[1],[2,3]]}`, `{"inputs": [[]]}`, `{"inputs": []}`, `{"inputs": [[1,]]}`, `{"inputs": [[1]],}`, `{"inputs": [[1]]}x`,
		`{"inputs": [["1"]]}`, `{"inputs": [[null]]}`, `{"inputs": [[1e39]]}`, `{"inputs": [[3.4028235677973366e38]]}`, `{"inputs": [[1e-400]]}`,
		`{"inputs ": [[1]]}`, `{"inputs": [[1]], "inputs": [[2]]}`, `{"Inputs": [[1]]}`, "{\"inputs\": [[1\u00a0]]}", `{"inputs": [[0x1]]}`, `{"inputs": [[1_0]]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, width, ok := plainNumbers(text, nil)
		want, wide, fine := plainTwin(text)
		if ok && !fine {
			t.Fatalf("%q was read, want it refused", text)
		}
		if !ok {
			// Others read what is right: names with escapes and members that come twice.
			if fine && !bytes.Contains(text, []byte(`\`)) && bytes.Count(text, []byte("inputs")) == 1 {
				t.Fatalf("%q was refused, want %v", text, want)
			}
			return
		}
		if width != wide || len(got) != len(want) {
			t.Fatalf("%q: %v, %d wide, want %v, %d wide", text, got, width, want, wide)
		}
		for i := range got {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%q: value %d is %v, want %v", text, i, got[i], want[i])
			}
		}
	})
}
