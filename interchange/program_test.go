package interchange

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// No other number of bits makes the codes of a row shorter, and the writer takes as many bits as
// the choice counts on. Seeds 1 to 50.
func TestRiceCodesAreTheShortest(t *testing.T) {
	length := func(row []entry, rest int) int {
		var w bitWriter
		next := 0
		for _, e := range row {
			w.rice(e.at-next, rest)
			next = e.at + 1
		}
		return 8*len(w.bytes) - (8-w.held)%8
	}
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed+1, 0))
		var row []entry
		for at, mean := 0, 1+random.IntN(600); at < 5000; at += 1 + random.IntN(2*mean) {
			row = append(row, entry{at: at})
		}
		var lengths []int
		for rest := range 9 {
			lengths = append(lengths, length(row, rest))
		}
		if got := lengths[bestRice([][]entry{row})]; got != slices.Min(lengths) {
			t.Errorf("seed %d: %d bits, want the least of %v", seed+1, got, lengths)
		}
	}
}

// A table takes the smallest integers that hold it.
func TestTablesAreAsSmallAsTheirValues(t *testing.T) {
	for want, values := range map[string][]int32{
		"uint8": {0, 255}, "int8": {-128, 127}, "uint16": {0, 256, 65535}, "int16": {-1, 128}, "int32": {-1, 32768},
	} {
		if got := table(values).Type(); got != want {
			t.Errorf("%v: %s, want %s", values, got, want)
		}
	}
	if got := table([]int32{65536}).Type(); got != "int32" {
		t.Errorf("65536: %s, want int32", got)
	}
}
