package baseline

import "basin/internal/random"

// subset are samples at some places of others.
type subset struct {
	Samples
	places []int32
}

func (s *subset) Count() int                   { return len(s.places) }
func (s *subset) Row(place int, dst []float32) { s.Samples.Row(int(s.places[place]), dst) }
func (s *subset) Label(place int) int          { return s.Samples.Label(int(s.places[place])) }

// Training samples are divided into heldParts parts. Each is held out in turn to choose a
// setting by; with more than heldAll samples the first alone, which has enough.
const (
	heldParts = 5
	heldAll   = 5000
)

// fold is one division of the training samples.
type fold struct{ learned, held *subset }

// folds divides samples for a choice, every class as evenly as it goes, in an order drawn
// by the seed. There are none where a part would be empty.
func folds(s Samples, classes int, seed uint64) []fold {
	count := s.Count()
	if count < heldParts {
		return nil
	}
	order, byClass := make([]int32, count), make([][]int32, classes)
	stream := random.New(seed, random.Holdout)
	stream.Permute(order)
	for _, place := range order {
		label := s.Label(int(place))
		byClass[label] = append(byClass[label], place)
	}
	all := make([]fold, heldParts)
	for f := range all {
		all[f] = fold{&subset{Samples: s}, &subset{Samples: s}}
	}
	n := 0
	for _, places := range byClass {
		for _, place := range places {
			for f, fold := range all {
				part := fold.learned
				if n%heldParts == f {
					part = fold.held
				}
				part.places = append(part.places, place)
			}
			n++
		}
	}
	if count > heldAll {
		return all[:1]
	}
	return all
}
