package coupling

import (
	"fmt"
	"math"
	"reflect"

	"basin/internal/layout"
)

// Shape says between whom the couplings of a block are.
type Shape struct {
	// Receivers and Senders are the numbers of neurons, or of inputs, at either end.
	Receivers, Senders int
	// Hollow says that both ends are the same neurons, none of which is coupled to
	// itself.
	Hollow bool
	// FanIn is the average number of couplings that a receiver has: rho N, or rho D.
	FanIn float64
	// Places is how many receivers share a coupling, each with senders of its own, where
	// couplings are shared: the places of a [Grid]. Zero is one.
	Places int
}

// Visit is called with a coupling from j on i and its stored value, before the scale, which
// may be changed. It returns false to go no further.
type Visit func(i, j int, value *float32) bool

// Couplings are those of any kind. Where couplings are shared, one stored value belongs to many
// pairs of neurons: Each, Rows and At visit the pairs, everything else the stored values. A block begins as an outline without couplings, which
// Fill or Load gives it once; then its pattern stays.
type Couplings interface {
	// Kind names the kind: "dense", "sparse", "windowed" or "shared".
	Kind() string
	// Shape says between whom the couplings are.
	Shape() Shape
	// Filled says that there are couplings: false of an outline.
	Filled() bool
	// Count returns the number of couplings of a block that is filled; Possible that at
	// density one.
	Count() int
	Possible() int
	// Scale multiplies every stored value: uniform decay changes this one number instead
	// of N^2 values, until Fold writes it into them and sets it to one.
	Scale() float64
	SetScale(scale float64)
	Fold()
	// At returns the stored value of the coupling from j on i, nil where there is none.
	At(i, j int) *float32
	// Each visits every coupling, receiver by receiver with senders ascending; Rows those
	// of receivers from..to.
	Each(visit Visit)
	Rows(from, to int, visit Visit)
	// FirstNonFinite returns the place in memory of the first value that is not a finite
	// number, and the value.
	FirstNonFinite() (place int, value float32, found bool)
	// Footprint returns the bytes that couplings and their indices take in memory, and
	// EntryBytes those that a product reads for one coupling.
	Footprint() int64
	EntryBytes() int
	// Fill gives an outline its couplings: for each receiver the numbers of its senders,
	// ascending, and their values, in the same order, written to a row of zeros. A dense
	// kind does not ask for senders: its rows have a value for each, and that of a neuron
	// with itself is passed over in a hollow block. It reports an error of senders, a
	// pattern that is none of the shape, and a block that is filled already.
	Fill(senders func(i int) ([]int32, error), values func(i int, row []float32)) error
	// Tensors lists the arrays that a file has of a block that is filled.
	Tensors() []Tensor
	// Load lists the arrays of an outline, to be set from a file; length says how many
	// values the file has of an array, by its name in the block. done checks them and
	// fills the block.
	Load(length func(name string) int) (tensors []Tensor, done func() error)

	sealed()
}

// Block is couplings among neurons. Calls of Product, Flips and Change may run at once while
// nobody changes values; calls of Learn and Pairs for different parts may.
type Block interface {
	Couplings
	// Product writes sum_j J_ij s_j, senders ascending, before the scale, of some samples
	// for the receivers from..to, which are multiples of 16: products has for each a vector
	// of the padded receivers.
	Product(w *Workspace, products [][]float32, states States, from, to int)
	// Flips adds 2 J_ij s_j to a product for the neurons j that flipped, in the order
	// given; state has their new signs.
	Flips(product, state []float32, flipped []int32)
	// FanOut returns how many neurons sender j has couplings with.
	FanOut(j int) int
	// Receivers lists them, ascending: for reading, in memory of the block, or appended to a
	// list, which is empty.
	Receivers(j int, list []int32) []int32
	// Change adds J_ij times the change of the state of sender j to a product.
	Change(product []float32, j int, change float32)
	// Receive writes for the receivers from..to, multiples of 16, what they hear of senders
	// with a mean and a variance, before the scale and its square:
	//
	//	sum[i] = sum_j J_ij mean[j]    square[i] = sum_j J_ij^2 variance[j]
	//
	// Vectors are padded, with zeros in the padding. Terms, (J_ij J_ij) variance[j] with two
	// roundings, are added up in float32 over runs of 256 couplings and these in float64, in one
	// fixed order: kernels and ranges change no bit. Calls may run at once, as those of
	// Product.
	Receive(mean, variance []float32, sum, square []float64, from, to int)
	// Send is Receive in the other direction, for the senders from..to:
	//
	//	sum[j] = sum_i J_ij mean[i]    square[j] = sum_i J_ij^2 variance[i]
	Send(mean, variance []float32, sum, square []float64, from, to int)
	// Learn adds one part of the increments of a mini-batch: step times the sum of s_i s_j
	// over the samples in which i is unstable. Each kind divides itself into parts as its
	// memory lies.
	Learn(e *Evidence, part, parts int)
	// LearnSums is Learn with sums that are not counts: it adds step times sum(i, j), which may
	// be called from several goroutines at once.
	LearnSums(step float32, sum func(i, j int) float32, part, parts int)
	// Pairs visits the couplings from j on i and from i on j of a hollow block for the
	// receivers from..to and j < i, ascending, where both are present.
	Pairs(from, to int, visit func(i, j int, ij, ji *float32))
	// Frozen returns the block with a copy of its couplings by sender where that makes the
	// product of one sample and its flips faster, else the block itself. Values must not
	// change afterwards.
	Frozen() Block
}

// Input is the couplings of a module from the input. Calls of Product may run at once while
// nobody changes values, calls of Learn for different parts.
type Input interface {
	Couplings
	// Product writes scale sum_k W_ik x_k, k ascending, of the samples of a tile for the
	// receivers from..to, multiples of 16: fields has Width rows, receiver i at place at + i.
	Product(w *Workspace, tile Tile, fields [][]float32, at, from, to int)
	// Learn adds one part of the increments of a mini-batch: step times the sum of s_i x_k
	// over the samples in which i is unstable, ascending.
	Learn(e *Evidence, part, parts int)
	// Frozen is that of a [Block].
	Frozen() Input
}

// Check reports couplings that are not those between so many neurons: a block that is nil,
// of another shape, or an outline.
func Check(c Couplings, receivers, senders int, hollow bool) error {
	if v := reflect.ValueOf(c); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Errorf("a block that is nil")
	}
	if s := c.Shape(); s.Receivers != receivers || s.Senders != senders || s.Hollow != hollow {
		return fmt.Errorf("%d receivers of %d senders, hollow %t, want %d of %d, %t", s.Receivers, s.Senders, s.Hollow, receivers, senders, hollow)
	}
	if !c.Filled() {
		return fmt.Errorf("%d receivers of %d senders without couplings: draw the network or load it first", receivers, senders)
	}
	return nil
}

// Synapses returns the number of pairs of neurons that couplings join: their Count, but where
// they are shared.
func Synapses(c Couplings) int {
	if shared, ok := c.(interface{ synapses() int }); ok {
		return shared.synapses()
	}
	return c.Count()
}

// head is what every kind has.
type head struct {
	shape Shape
	scale float64
	value []float32 // stored couplings, nil in an outline
}

func newHead(shape Shape) head { return head{shape: shape, scale: 1} }

func (h *head) sealed() {}

// Shape is that of [Couplings].
func (h *head) Shape() Shape { return h.shape }

// Filled is that of [Couplings].
func (h *head) Filled() bool { return h.value != nil }

// Scale is that of [Couplings].
func (h *head) Scale() float64 { return h.scale }

// SetScale is that of [Couplings].
func (h *head) SetScale(scale float64) { h.scale = scale }

// Fold is that of [Couplings].
func (h *head) Fold() {
	if h.scale == 1 {
		return
	}
	for e := range h.value {
		h.value[e] *= float32(h.scale)
	}
	h.scale = 1
}

// Possible is that of [Couplings].
func (h *head) Possible() int {
	if h.shape.Hollow {
		return h.shape.Receivers * (h.shape.Receivers - 1)
	}
	return h.shape.Receivers * h.shape.Senders
}

// FirstNonFinite is that of [Couplings].
func (h *head) FirstNonFinite() (place int, value float32, found bool) {
	for e, v := range h.value {
		if !finite(v) {
			return e, v, true
		}
	}
	return 0, 0, false
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }

// stride is the padded number of receivers, sending that of senders.
func (h *head) stride() int  { return layout.Padded(h.shape.Receivers) }
func (h *head) sending() int { return layout.Padded(h.shape.Senders) }

// maxSide bounds the numbers of neurons and inputs at either end.
const maxSide = 1 << 26

// open reports a block that cannot be filled.
func (h *head) open() error {
	s := h.shape
	switch {
	case h.value != nil:
		return fmt.Errorf("a block that has its couplings already")
	case min(s.Receivers, s.Senders) < 1 || max(s.Receivers, s.Senders) > maxSide:
		return fmt.Errorf("a block of %d receivers of %d senders, want 1 to %d", s.Receivers, s.Senders, maxSide)
	case s.Hollow && s.Receivers != s.Senders:
		return fmt.Errorf("a hollow block of %d receivers of %d senders, want equal numbers", s.Receivers, s.Senders)
	}
	return nil
}
