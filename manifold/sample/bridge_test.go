package sample

import (
	"context"
	"errors"
	"slices"
	"testing"

	"basin/manifold/solve"
)

// Message passing finds ways where local moves find none: between fixed points of five hundred
// neurons, hundreds of neurons apart, every step is short.
func TestBridgesJoinReachedFixedPoints(t *testing.T) {
	n := draw(t, one(500, .5, 1, 0), 0)
	a, b := solved(t, n, solve.Reinforced, 1), solved(t, n, solve.Reinforced, 2)
	o := DefaultBridge()
	o.Longest = 10
	bridge, err := FindBridge(context.Background(), n, nil, a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	if d := distance(n, a, b); d < 100 || bridge.Longest > d/5 {
		t.Errorf("longest step %d between states %d apart", bridge.Longest, d)
	}
	if !slices.Equal(bridge.States[0], a) || !slices.Equal(bridge.States[len(bridge.States)-1], b) || len(bridge.Steps) != len(bridge.States)-1 || bridge.Solved != len(bridge.States)-2 {
		t.Errorf("%d states, %d steps, %d solved", len(bridge.States), len(bridge.Steps), bridge.Solved)
	}
	for k, state := range bridge.States {
		s, spins, err := begin(n, nil, state)
		if err != nil {
			t.Fatal(err)
		}
		w, err := newWalker(context.Background(), s, spins, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !w.settled() {
			t.Errorf("state %d is no fixed point", k)
		}
		if k > 0 && bridge.Steps[k-1] != distance(n, bridge.States[k-1], state) {
			t.Errorf("step %d: %d, want %d", k, bridge.Steps[k-1], distance(n, bridge.States[k-1], state))
		}
	}
	again, err := FindBridge(context.Background(), n, nil, a, b, o)
	if err != nil || !slices.Equal(again.Steps, bridge.Steps) {
		t.Errorf("%v, then %v, %v", bridge.Steps, again.Steps, err)
	}
}

func TestBridgeReportsWhatIsWrong(t *testing.T) {
	n := draw(t, one(50, .8, 1, 0), 1)
	a, b := randomState(n, 1), randomState(n, 2)
	for name, change := range map[string]func(o *BridgeOptions){
		"no length": func(o *BridgeOptions) { o.Longest = 0 },
		"no fields": func(o *BridgeOptions) { o.Fields = nil },
		"field":     func(o *BridgeOptions) { o.Fields = []float64{-1} },
		"dynamics":  func(o *BridgeOptions) { o.Solver = solve.Defaults(solve.Sequential) },
		"budget":    func(o *BridgeOptions) { o.Solver.Budget = 0 },
	} {
		o := DefaultBridge()
		change(&o)
		if _, err := FindBridge(context.Background(), n, nil, a, b, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := FindBridge(context.Background(), n, nil, a, b[1:], DefaultBridge()); err == nil {
		t.Error("short state: no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FindBridge(ctx, n, nil, a, b, DefaultBridge()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	same, err := FindBridge(context.Background(), n, nil, a, a, DefaultBridge())
	if err != nil || len(same.Steps) > 0 || len(same.States) != 1 {
		t.Errorf("from a state to itself: %+v, %v", same, err)
	}
}
