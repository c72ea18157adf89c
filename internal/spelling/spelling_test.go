package spelling

import (
	"testing"

	"pgregory.net/rapid"
)

// distance against the definition, by recursion.
func TestDistanceAgainstItsDefinition(t *testing.T) {
	var plain func(a, b string) int
	plain = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		m, n := len(a), len(b)
		cost := 1
		if a[m-1] == b[n-1] {
			cost = 0
		}
		best := min(plain(a[:m-1], b)+1, plain(a, b[:n-1])+1, plain(a[:m-1], b[:n-1])+cost)
		if m > 1 && n > 1 && a[m-1] == b[n-2] && a[m-2] == b[n-1] {
			best = min(best, plain(a[:m-2], b[:n-2])+1)
		}
		return best
	}
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 0, 5, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := distance(a, b), plain(a, b); got != want {
			t.Fatalf("%q to %q: %d, want %d", a, b, got, want)
		}
	})
}

func TestNearest(t *testing.T) {
	names := []string{"train", "eval", "predict", "inspect"}
	for word, want := range map[string]string{
		"trian": "train", "Eval": "eval", "pred": "", "inspcet": "inspect", "xyz": "", "": "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
