package protocol

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"basin/internal/keys"
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

// Shapes returns all of them.
func Shapes() []Shape { return []Shape{ConstantShape, LinearShape, ExponentialShape, CosineShape} }

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

// Misfit says what is wrong with the schedule in the range of its row: an unknown shape, an
// end outside, or an exponential course that does not stay above 0. Empty if nothing is.
func (s Schedule) Misfit(r keys.Row) string {
	shape := keys.Row{Choices: keys.Names(Shapes()...)}
	if !shape.Allows(string(s.Shape)) {
		return fmt.Sprintf("has the shape %q, want %s", string(s.Shape), keys.Or(keys.Quoted(shape.Choices)))
	}
	if s.Shape == ExponentialShape && !(s.Start > 0 && s.End > 0) {
		return fmt.Sprintf("is exponential from %v to %v, want both above 0", s.Start, s.End)
	}
	return cmp.Or(r.Misfit(s.Start), r.Misfit(s.End))
}

// MarshalJSON writes a constant as a number, anything else as an object.
func (s Schedule) MarshalJSON() ([]byte, error) {
	if s.Shape == ConstantShape {
		return json.Marshal(s.Start)
	}
	type object Schedule
	return json.Marshal(object(s))
}

// UnmarshalJSON reads what MarshalJSON writes: a number, or an object with all three keys and
// no other.
func (s *Schedule) UnmarshalJSON(text []byte) error {
	var value *float64
	if json.Unmarshal(text, &value) == nil && value != nil {
		*s = Constant(*value)
		return nil
	}
	var object struct {
		Start *float64 `json:"start"`
		End   *float64 `json:"end"`
		Shape *Shape   `json:"shape"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&object); err != nil || object.Start == nil || object.End == nil || object.Shape == nil {
		return errors.New("is no schedule, want a number or {start, end, shape}")
	}
	*s = Schedule{*object.Start, *object.End, *object.Shape}
	return nil
}
