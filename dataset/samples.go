package dataset

import "fmt"

// Samples are encoded inputs with a label each: what networks learn and are measured on.
// They do not change; all methods may be called at once from many goroutines.
type Samples struct {
	*Inputs
	// Labels has one class per sample, 0 <= class < C.
	Labels []int
}

// NewSamples returns the samples of a labelled set as an encoder gives them. Errors are
// those of [Encoder.Encode], and that of a set without labels.
func NewSamples(e *Encoder, s *Set) (*Samples, error) {
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
	if s == nil {
		return 0
	}
	return s.Inputs.Count()
}

// Label returns the class of sample i.
func (s *Samples) Label(i int) int { return s.Labels[i] }
