package normal

import (
	"math"
	"testing"
)

// Where Phi underflows its logarithm does not: ln Phi(-40) from tables of the normal tail.
func TestLogarithmsOfTheTailDoNotUnderflow(t *testing.T) {
	log, hazard := Log(-40)
	if want := -804.608442; math.Abs(log-want) > 1e-5 {
		t.Errorf("ln Phi(-40) = %v, want %v", log, want)
	}
	if want := 40.024968; math.Abs(hazard-want) > 1e-5 {
		t.Errorf("density/Phi at -40 = %v, want %v", hazard, want)
	}
	for x := -35.0; x < 5; x += 0.25 { // both branches, and their border at -30
		const h = 1e-4
		up, _ := Log(x + h)
		down, _ := Log(x - h)
		_, hazard := Log(x)
		if slope := (up - down) / (2 * h); math.Abs(slope-hazard) > 1e-6*(1+hazard) {
			t.Errorf("x = %v: the derivative of ln Phi is %v, density/Phi %v", x, slope, hazard)
		}
	}
}
