package experiment

import (
	"fmt"
	"math"
)

// Steps returns from, from+by, ... up to and including to, each rounded to the decimals
// that a person would write.
func Steps(from, by, to float64) []float64 {
	var list []float64
	for k := 0; ; k++ {
		x := math.Round((from+float64(k)*by)*1e9) / 1e9
		if x > to+by/1e6 {
			return list
		}
		list = append(list, x)
	}
}

// Assign writes an assignment for [settings.Set]. Numbers lose what is beyond nine
// decimals: 0.1 + 0.9 is 1.
func Assign(key string, value any) string {
	if x, ok := value.(float64); ok {
		value = math.Round(x*1e9) / 1e9
	}
	return fmt.Sprintf("%s=%v", key, value)
}

// Grid collects points of trainings.
type Grid struct {
	Points []Point
	// Err is of the first point whose settings are not valid.
	Err error
	// Samples and Held bound what the trainings learn and measure; 0 is all.
	Samples, Held int
}

// Train adds the training of a preset with assignments.
func (g *Grid) Train(at []Place, cost float64, preset string, set ...string) {
	t, err := NewTraining(preset, set...)
	if err != nil && g.Err == nil {
		g.Err = fmt.Errorf("point %v: %w", at, err)
	}
	t.Samples, t.Held = g.Samples, g.Held
	g.Points = append(g.Points, Point{At: at, Task: t, Cost: cost})
}
