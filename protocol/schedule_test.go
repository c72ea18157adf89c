package protocol

import (
	"encoding/json"
	"math"
	"testing"

	"basin/internal/keys"
)

func TestScheduleFollowsItsFormula(t *testing.T) {
	for _, c := range []struct {
		shape Shape
		want  [5]float64 // at epochs 0, 1, 2, 3, 4 of 5, from 8 to 0.5
	}{
		{ConstantShape, [5]float64{8, 8, 8, 8, 8}},
		{LinearShape, [5]float64{8, 6.125, 4.25, 2.375, 0.5}},
		{ExponentialShape, [5]float64{8, 4, 2, 1, 0.5}},
		{CosineShape, [5]float64{8, 0.5 + 3.75*(1+math.Sqrt(0.5)), 4.25, 0.5 + 3.75*(1-math.Sqrt(0.5)), 0.5}},
	} {
		s := Schedule{Start: 8, End: 0.5, Shape: c.shape}
		for epoch, want := range c.want {
			if got := s.At(epoch, 5); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s at epoch %d is %v, want %v", c.shape, epoch, got, want)
			}
		}
		if s.At(-3, 5) != s.At(0, 5) || s.At(9, 5) != s.At(4, 5) || s.At(0, 1) != 8 {
			t.Errorf("%s does not hold its ends outside the run", c.shape)
		}
	}
}

func TestScheduleJSONIsANumberOrAnObject(t *testing.T) {
	for text, want := range map[string]Schedule{
		`0.5`:                                  Constant(0.5),
		`{"start":1,"end":0,"shape":"linear"}`: {Start: 1, End: 0, Shape: LinearShape},
	} {
		var s Schedule
		if err := json.Unmarshal([]byte(text), &s); err != nil || s != want {
			t.Errorf("%s reads as %+v (%v), want %+v", text, s, err, want)
		}
		if out, err := json.Marshal(s); err != nil || string(out) != text {
			t.Errorf("%+v writes as %s (%v), want %s", s, out, err, text)
		}
	}
}

func TestScheduleJSONHasAllItsKeysAndNoOther(t *testing.T) {
	for _, text := range []string{
		`null`, `"1"`, `[1]`, `{}`, `{"start":1,"end":0}`, `{"start":1,"shape":"linear"}`, `{"end":1,"shape":"linear"}`,
		`{"start":1,"end":null,"shape":"linear"}`, `{"start":1,"end":0,"shape":"linear","stop":2}`,
	} {
		s := Constant(3)
		if err := s.UnmarshalJSON([]byte(text)); err == nil || s != Constant(3) {
			t.Errorf("%s reads as %+v (%v), want an error", text, s, err)
		}
	}
}

func TestScheduleOutsideItsRangeIsReported(t *testing.T) {
	row := keys.Row{High: 2}
	for _, c := range []struct {
		s    Schedule
		want string
	}{
		{Constant(2), ""},
		{Schedule{Start: 2, End: 0, Shape: LinearShape}, ""},
		{Schedule{Start: 3, End: 0, Shape: LinearShape}, "is 3, want a number from 0 to 2"},
		{Schedule{Start: 0, End: -1, Shape: CosineShape}, "is -1, want a number from 0 to 2"},
		{Constant(math.NaN()), "is NaN, want a number from 0 to 2"},
		{Schedule{Start: 1, End: 0, Shape: ExponentialShape}, "is exponential from 1 to 0, want both above 0"},
		{Schedule{Start: 1, End: 1}, `has the shape "", want "constant", "linear", "exponential" or "cosine"`},
	} {
		if got := c.s.Misfit(row); got != c.want {
			t.Errorf("%+v: %q, want %q", c.s, got, c.want)
		}
	}
}
