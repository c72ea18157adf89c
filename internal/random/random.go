package random

import (
	"math/bits"
	"math/rand/v2"
)

// Purpose separates the streams of one seed by what they are drawn for.
// The numeric values are part of the reproducibility of a seed: append only.
type Purpose uint64

// The purposes, one for each kind of draw that Basin makes.
const (
	Recurrent     Purpose = iota + 1 // values of J
	RecurrentMask                    // which J_ij exist
	Input                            // values of W
	InputMask                        // which W_ik exist, positions of windows
	Feedback                         // F
	Readout                          // initial O
	Bias                             // b
	Shuffle                          // order of the training samples in an epoch
	Holdout                          // which samples form the validation split
	Projection                       // the matrix R of x = sign(R p)
	Noise                            // noise on training inputs
	Order                            // order of neurons in a sequential sweep
	Update                           // which neurons update in a partial sweep
	Synthetic                        // generated data
	Link                             // values of learned links
	LinkMask                         // which couplings of a link exist
	Position                         // positions of neurons without a window
	Start                            // random starts of a relaxation
	Message                          // small random messages at the start of a solver
	Planted                          // states that are planted, and rows of J around them
	Disturb                          // which neurons of a state are turned
	Walk                             // moves of walks among fixed points
	Baseline                         // weights of the learners to compare with
	Augment                          // changes of images that are learned
	Patch                            // patches of images to which whitening is fitted
	Imprint                          // training samples, and their places, that couplings begin with
	Threshold                        // training samples of which biases are found
	Trial                            // settings that a search tries
)

const golden = 0x9e3779b97f4a7c15

// Stream is one addressed sequence of 64-bit values. The zero Stream is valid
// but unaddressed; use [New]. A Stream is a small value: copying it forks the
// sequence at its present position. It implements [rand.Source].
type Stream struct {
	key     uint64
	counter uint64
}

// New returns the stream at (seed, purpose, keys...), at its beginning.
// Streams at different addresses are independent for every practical purpose.
func New(seed uint64, purpose Purpose, keys ...uint64) Stream {
	key := mix(seed + golden)
	key = mix(key ^ mix(uint64(purpose)*golden))
	for position, k := range keys {
		key = mix(key ^ mix(k+uint64(position+1)*golden))
	}
	return Stream{key: key}
}

// Uint64 returns the next 64 uniform bits.
func (s *Stream) Uint64() uint64 {
	s.counter++
	return mix(s.key + s.counter*golden)
}

// Float64 returns the next uniform number in [0, 1), a multiple of 2^-53.
func (s *Stream) Float64() float64 {
	return float64(s.Uint64()>>11) / (1 << 53)
}

// IntN returns the next uniform integer in [0, n). It panics if n <= 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic("random: IntN of a number below 1")
	}
	// Lemire's multiplication with rejection of the biased low part.
	limit := uint64(n)
	high, low := bits.Mul64(s.Uint64(), limit)
	for low < limit {
		if low >= -limit%limit {
			break
		}
		high, low = bits.Mul64(s.Uint64(), limit)
	}
	return int(high)
}

// Permute overwrites order with a uniform permutation of 0..len(order)-1
// (Fisher and Yates). It allocates nothing.
func (s *Stream) Permute(order []int32) {
	for i := range order {
		j := s.IntN(i + 1)
		order[i] = order[j]
		order[j] = int32(i)
	}
}

// Rand returns a generator of other distributions (normal, exponential) that
// draws from this stream and advances it.
func (s *Stream) Rand() *rand.Rand { return rand.New(s) }

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	x ^= x >> 31
	return x
}
