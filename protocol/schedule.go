package protocol

import (
	"encoding/json"
	"fmt"
	"math"
)

// Shape is the course of a scheduled value over the epochs of a run.
type Shape string

// The shapes of a schedule, from Start in the first epoch to End in the last.
const (
	// ConstantShape stays at Start.
	ConstantShape Shape = "constant"
	// LinearShape moves by equal steps.
	LinearShape Shape = "linear"
	// ExponentialShape moves by equal factors; Start and End are positive.
	ExponentialShape Shape = "exponential"
	// CosineShape follows half a cosine, slow at both ends.
	CosineShape Shape = "cosine"
)

// Schedule is a value that may change from epoch to epoch. Its text form is a number,
// or {start, end, shape}.
type Schedule struct {
	Start float64 `json:"start" yaml:"start"`
	End   float64 `json:"end" yaml:"end"`
	Shape Shape   `json:"shape" yaml:"shape"`
}

// Constant returns the schedule that stays at value.
func Constant(value float64) Schedule {
	return Schedule{Start: value, End: value, Shape: ConstantShape}
}

// At returns the value in the given epoch, counted from 0, of a run of epochs
// epochs. Epochs outside the run have the value of its nearer end.
func (s Schedule) At(epoch, epochs int) float64 {
	t := 0.0
	if epochs > 1 {
		t = min(max(float64(epoch)/float64(epochs-1), 0), 1)
	}
	switch s.Shape {
	case LinearShape:
		return s.Start + float64(t*(s.End-s.Start))
	case ExponentialShape:
		return s.Start * math.Pow(s.End/s.Start, t)
	case CosineShape:
		return s.End + float64((s.Start-s.End)*(1+math.Cos(math.Pi*t))/2)
	}
	return s.Start
}

// Validate reports an unknown shape, a number that is not finite or below low, or an
// exponential schedule with an end that is not positive.
func (s Schedule) Validate(low float64) error {
	switch s.Shape {
	case ConstantShape, LinearShape, CosineShape:
	case ExponentialShape:
		if !(s.Start > 0 && s.End > 0) {
			return fmt.Errorf("is exponential from %v to %v, want both above 0", s.Start, s.End)
		}
	default:
		return fmt.Errorf("has the shape %q, want %q, %q, %q or %q", string(s.Shape), ConstantShape, LinearShape, ExponentialShape, CosineShape)
	}
	for _, v := range []float64{s.Start, s.End} {
		if !(v >= low && v <= math.MaxFloat32) {
			return fmt.Errorf("is %v, want a finite number of at least %v", v, low)
		}
	}
	return nil
}

// MarshalJSON writes a constant as a number, anything else as an object.
func (s Schedule) MarshalJSON() ([]byte, error) {
	if s.Shape == ConstantShape {
		return json.Marshal(s.Start)
	}
	type object Schedule
	return json.Marshal(object(s))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Schedule) UnmarshalJSON(text []byte) error {
	var value float64
	if json.Unmarshal(text, &value) == nil {
		*s = Constant(value)
		return nil
	}
	type object Schedule
	return json.Unmarshal(text, (*object)(s))
}
