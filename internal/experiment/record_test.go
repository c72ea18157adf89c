package experiment

import "testing"

func TestKeyChangesWithEverythingThatDecides(t *testing.T) {
	r := coins(nil)
	base := Point{At: []Place{Number(1), Word("few")}, Task: throws{Count: 10, Bias: 0.5}}
	keys := map[string]string{}
	for name, change := range map[string]func(p *Point, seed *uint64){
		"nothing": func(*Point, *uint64) {},
		"place":   func(p *Point, _ *uint64) { p.At = []Place{Number(2), Word("few")} },
		"word":    func(p *Point, _ *uint64) { p.At = []Place{Number(1), Word("many")} },
		"task":    func(p *Point, _ *uint64) { p.Task = throws{Count: 11, Bias: 0.5} },
		"seed":    func(_ *Point, seed *uint64) { *seed = 2 },
	} {
		p, seed := base, uint64(1)
		change(&p, &seed)
		_, key, err := r.identify(p, seed)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := keys[key]; taken {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[key] = name
	}
	same := base
	same.Cost = 7
	if _, key, _ := r.identify(same, 1); keys[key] != "nothing" {
		t.Error("the cost changes the key")
	}
}
