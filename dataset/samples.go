package dataset

import "fmt"

// Samples are encoded inputs with a label each: what networks learn and are measured on.
// They do not change; all methods may be called at once from many goroutines.
type Samples struct {
	*Inputs
	// Labels has one class per sample, 0 <= class < C.
	Labels []int
}

// Samples returns the samples of a labelled set as the encoder gives them. Errors are
// those of [Encoder.Encode], and that of a set without labels.
func (e *Encoder) Samples(s *Set) (*Samples, error) {
	if s == nil {
		return nil, fmt.Errorf("dataset: %w", errNothing)
	}
	if s.Labels == nil {
		return nil, fmt.Errorf("dataset: %s has no labels", s.Name)
	}
	inputs, err := e.Encode(s)
	if err != nil {
		return nil, err
	}
	return &Samples{Inputs: inputs, Labels: s.Labels}, nil
}

// Count returns the number of samples; nil Samples have none.
func (s *Samples) Count() int {
	if s == nil || s.Inputs == nil {
		return 0
	}
	return s.Inputs.Count()
}

// Dim returns the number of values of a row; 0 where there is none.
func (s *Samples) Dim() int {
	if s == nil || s.Inputs == nil {
		return 0
	}
	return s.Inputs.Dim()
}

// Label returns the class of sample i, or -1 where there is no such sample or Labels has
// none for it, which learning and measuring refuse.
func (s *Samples) Label(i int) int {
	if i < 0 || i >= min(s.Count(), len(s.Labels)) {
		return -1
	}
	return s.Labels[i]
}
