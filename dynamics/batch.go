package dynamics

import (
	"fmt"
	"math"
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network"
	"basin/network/coupling"
)

const (
	groupSize = 8  // samples whose signs share one byte
	tileSize  = 16 // samples whose inputs lie side by side
)

// Batch holds samples of one network in motion: [Batch.Start] begins one, [Batch.Advance]
// moves it; [Batch.StartAt] begins one in a state of its own. Calls for different samples may run at once, each with its own [Worker], where
// ranges of samples begin at multiples of 16; a [Team] divides the beginning of a whole
// batch more finely. A Batch is made once and reused: its methods, but for Freeze,
// allocate nothing.
type Batch struct {
	network  *network.Network
	settings Settings
	capacity int
	count    int
	lanes    []float32   // inputs of a tile side by side, tile after tile
	inputs   [][]float32 // one padded row of inputs per sample
	fields   [][]float32 // W x + b
	product  [][]float32 // sum_j J_ij s_j of every block, before its scale
	state    [][]float32
	planes   [][]uint8 // signs of each group after the first sweep
	samples  []sample
	stale    []bool  // by sample and module: what the module sends does not belong to its state
	owner    []int32 // module of each 16 places of a state
	blocks   []*block
	leaving  [][]*block       // by module: the blocks whose senders it has
	arriving [][]arrival      // by module: what it receives over links
	facing   [][]int          // by module: those that hear its neurons one to one
	keys     []uint64         // of neurons in the hash of a state, nil where no cycle is looked for
	input    []coupling.Input // W by module, nil where it does not see the input
}

// sample is what a Batch remembers of one sample besides its vectors.
type sample struct {
	epoch, id uint64 // address of its random draws
	sweep     uint64 // sweeps since Start
	unset     bool   // no neuron has a state yet
	driven    bool   // its input fields are there
	signs     bool   // every input is -1, 0 or +1
	stale     int    // modules whose products are stale
	flips     int    // of a sweep under way
	hash      uint64 // of the state
	lap       lap
	result    Result
}

// Result says how a relaxation went.
type Result struct {
	// Status says why it ended.
	Status Status
	// Sweeps taken, at most the budget. The sweep that finds a fixed point counts.
	Sweeps int
	// Flips of neurons in all sweeps after the first; a continuous neuron counts when
	// it moves.
	Flips int64
	// Accumulates and Multiplies count the couplings, and links one to one, over which these
	// flips went: of binary neurons, whose couplings are added to fields, and of continuous
	// ones, whose couplings are multiplied with the change first.
	Accumulates, Multiplies int64
	// Period of the cycle found, at least 2; zero where the status is not Cycle.
	Period int
}

// Worker holds the vectors that one goroutine needs while it moves samples.
type Worker struct {
	static       []float32 // of the phase
	total        []float32 // static and links
	target       []float32 // states that continuous neurons move to
	flips        []uint8
	flipped      []int32
	asked        []int32 // neurons that asked to flip in the last sweep
	receivers    []int32 // of one of them
	order        []int32
	space        *coupling.Workspace
	products     []int       // samples
	rows, states [][]float32 // their products and states
	published    [][]uint8   // planes of the batch
}

// NewBatch makes room for up to capacity samples of n. It reports a network that is not
// valid ([network.Network.Validate]), settings that are not, and a capacity below 1. The
// couplings are those that n has now; their values may change.
func NewBatch(n *network.Network, settings Settings, capacity int) (*Batch, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if err := n.Validate(); err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	if capacity < 1 {
		return nil, fmt.Errorf("dynamics: a batch for %d samples, want at least 1", capacity)
	}
	rows := (capacity + tileSize - 1) / tileSize * tileSize
	size, inputs := n.StateSize(), layout.Padded(n.Inputs())
	b := &Batch{
		network: n, settings: settings.explicit(), capacity: capacity, count: capacity,
		lanes:   make([]float32, rows*n.Inputs()),
		inputs:  vectors(rows, inputs),
		fields:  vectors(rows, size),
		state:   vectors(rows, size),
		samples: make([]sample, rows),
		stale:   make([]bool, rows*len(n.Modules)),
	}
	b.product = vectors(rows, b.join())
	if !n.Continuous() && (b.settings.Order == Parallel || b.settings.Order == Modules) {
		b.keys = hashKeys(size)
	}
	for index, m := range n.Modules {
		b.input = append(b.input, m.Input)
		b.owner = append(b.owner, slices.Repeat([]int32{int32(index)}, m.Padded()/layout.Alignment)...)
	}
	for range rows / groupSize {
		b.planes = append(b.planes, make([]uint8, size))
	}
	return b, nil
}

// NewWorker makes the vectors of one goroutine.
func (b *Batch) NewWorker() *Worker {
	size := b.network.StateSize()
	return &Worker{
		static: make([]float32, size), total: make([]float32, size), target: make([]float32, size),
		flips: make([]uint8, (size+63)/64*8), flipped: make([]int32, 0, size), asked: make([]int32, 0, size), receivers: make([]int32, 0, size),
		order: make([]int32, size), space: coupling.NewWorkspace(size, b.network.Inputs()),
		products: make([]int, 0, len(b.samples)), published: make([][]uint8, 0, len(b.planes)),
		rows: make([][]float32, 0, len(b.samples)), states: make([][]float32, 0, len(b.samples)),
	}
}

// Inputs gives rows of D values by their places. Methods are called by several goroutines
// at once.
type Inputs interface {
	// Row writes the D values of the row at a place to the front of dst.
	Row(place int, dst []float32)
}

// Resize sets how many samples are in use: count, but at least 1 and at most the capacity.
func (b *Batch) Resize(count int) { b.count = min(max(count, 1), b.capacity) }

// Capacity returns how many samples there is room for.
func (b *Batch) Capacity() int { return b.capacity }

// Count returns how many samples are in use.
func (b *Batch) Count() int { return b.count }

// Input returns the inputs of sample i, padded with zeros; nobody writes to them.
func (b *Batch) Input(i int) []float32 { return b.inputs[i] }

// State returns the state of sample i, a vector over all modules
// ([network.Network.StateSize]) with zeros in its padding; it aliases the batch.
func (b *Batch) State(i int) []float32 { return b.state[i] }

// Result returns how the last phase of sample i went.
func (b *Batch) Result(i int) Result { return b.samples[i].result }

// Start begins sample i with the inputs at a place of x: every neuron is unset until its
// first sweep. The random draws of partial and sequential sweeps are addressed by epoch
// and place.
func (b *Batch) Start(i int, x Inputs, place int, epoch uint64) {
	n := b.network.Inputs()
	input := b.inputs[i][:n:n]
	x.Row(place, input)
	b.samples[i] = sample{epoch: epoch, id: uint64(place), unset: true, signs: signs(input)}
	clear(b.state[i])
	if b.settings.Order == Sequential || b.settings.Order == Modules {
		clear(b.product[i]) // others take it afresh after their first sweep
	}
	for index := range b.network.Modules {
		b.stale[i*len(b.network.Modules)+index] = false
	}
}

// StartAt is Start in a given state, a vector of [network.Network.StateSize] values, in
// place of unset neurons: the first sweep is one like the others, whose flips count, and it
// finds a fixed point that the state is. What stands in the padding does not matter. It
// reports a state of another length, and a value that is not -1 or +1, or of a continuous
// neuron not in [-1, 1]; the sample is then as it was.
func (b *Batch) StartAt(i int, x Inputs, place int, epoch uint64, state []float32) error {
	if len(state) != len(b.state[i]) {
		return fmt.Errorf("dynamics: a start of %d values, want the %d of a state of the network", len(state), len(b.state[i]))
	}
	for index, m := range b.network.Modules {
		for n, s := range state[m.Offset:][:m.Neurons] {
			switch {
			case m.Tanh > 0 && s >= -1 && s <= 1, s == 1, s == -1:
			case m.Tanh > 0:
				return fmt.Errorf("dynamics: a start with %v for neuron %d of module %d, want a value from -1 to 1", s, n, index)
			default:
				return fmt.Errorf("dynamics: a start with %v for neuron %d of module %d, want -1 or +1", s, n, index)
			}
		}
	}
	b.Start(i, x, place, epoch)
	b.samples[i].unset = false
	for index, m := range b.network.Modules {
		copy(b.state[i][m.Offset:][:m.Neurons], state[m.Offset:])
		b.spoil(i, index)
	}
	return nil
}

// signs reports whether every value is -1, 0 or +1, as after a projection: products with
// such values need no rounding, which makes them cheaper and changes no bit.
func signs(values []float32) bool {
	const one = 0x3f80_0000 << 1 // the bits of 1, or of -1, without their sign
	for _, v := range values {
		if size := math.Float32bits(v) << 1; size != one && size != 0 {
			return false
		}
	}
	return true
}

// NotFinite returns the place of the first input of sample i that is not a finite number, or
// -1. It is for those who read a state: signs hide such an input.
func (b *Batch) NotFinite(i int) int {
	if b.samples[i].signs {
		return -1
	}
	const infinite = 0x7f80_0000 << 1
	for k, v := range b.inputs[i][:b.network.Inputs()] {
		if math.Float32bits(v)<<1 >= infinite {
			return k
		}
	}
	return -1
}

// drive computes the input fields of those of samples from..to that have none, tile by
// tile.
func (b *Batch) drive(w *Worker, from, to int) {
	for tile := from / tileSize * tileSize; tile < to; tile += tileSize {
		end := min(tile+tileSize, b.count)
		for i := max(from, tile); i < min(to, end); i++ {
			if !b.samples[i].driven {
				b.pack(tile, end, 0, b.network.Inputs())
				b.driveTiles(w, tile, end, 0, 1)
				b.drove(tile, end)
				break
			}
		}
	}
}

// drove notes that samples from..to have their input fields.
func (b *Batch) drove(from, to int) {
	for i := from; i < to; i++ {
		b.samples[i].driven = true
	}
}

// pack lays inputs fromInput..toInput of samples from..to side by side.
func (b *Batch) pack(from, to, fromInput, toInput int) {
	inputs := b.network.Inputs()
	for i := from; i < to; i++ {
		tile := i / tileSize * tileSize
		width := b.width(tile)
		lanes := b.lanes[tile*inputs:]
		at := fromInput*width + i - tile
		for _, x := range b.inputs[i][fromInput:toInput] {
			lanes[at] = x
			at += width
		}
	}
}

// width returns the lanes of the tile that begins at a sample: 16, or 8 for a last
// tile with no more samples.
func (b *Batch) width(tile int) int {
	if b.count-tile <= groupSize {
		return groupSize
	}
	return tileSize
}

// driveTiles computes the input fields W x + b of samples first..last, which are packed, for
// one part of the neurons out of parts.
func (b *Batch) driveTiles(w *Worker, first, last, part, parts int) {
	for index, m := range b.network.Modules {
		from, to := layout.Part(m.Padded(), part, parts)
		for tile := first; tile < last; tile += tileSize {
			rows := b.fields[tile : tile+b.width(tile)]
			if input := b.input[index]; input != nil {
				input.Product(w.space, b.tile(tile), rows, m.Offset, from, to)
			}
			for _, row := range rows[:min(len(rows), b.count-tile)] {
				field := row[m.Offset:][from:to]
				if b.input[index] == nil {
					clear(field)
				}
				if m.Bias != nil {
					kernel.Add(field, field, m.Bias[from:to])
				}
			}
		}
	}
}

// tile returns the inputs of the tile that begins at a sample.
func (b *Batch) tile(first int) coupling.Tile {
	inputs, end, width := b.network.Inputs(), min(first+tileSize, b.count), b.width(first)
	exact := true
	for i := first; i < end; i++ {
		exact = exact && b.samples[i].signs
	}
	return coupling.Tile{Rows: b.inputs[first:end], Lanes: b.lanes[first*inputs:][:inputs*width], Width: width, Exact: exact}
}

// Field writes the fields of sample i without feedback: h_i at phi = 0, self-coupling
// and links included. The product of the couplings is brought up to date first.
func (b *Batch) Field(w *Worker, i int, field []float32) {
	b.drive(w, i, i+1)
	if b.samples[i].unset {
		clear(b.product[i])
	}
	b.refresh(w, i, i+1)
	for index, m := range b.network.Modules {
		b.moduleField(w, i, index, b.fields[i], field[m.Offset:][:m.Padded()])
	}
}

// moduleField writes the fields on the neurons of one module.
func (b *Batch) moduleField(w *Worker, i, index int, static, field []float32) {
	m := b.network.Modules[index]
	from, to := m.Offset, m.Offset+m.Padded()
	product, total, state := b.product[i][from:to], b.total(w, i, index, static), b.state[i][from:to]
	if m.Tanh == 0 {
		kernel.Field(field, product, total, state, couplingScale(m), m.SelfCoupling)
		return
	}
	for n, s := range state { // the kernel may fuse the product with a sign
		field[n] = float32(float32(couplingScale(m)*product[n])+total[n]) + float32(m.SelfCoupling*s)
	}
}

// Settled reports whether sample i is at a fixed point without feedback. Unset neurons
// are at none.
func (b *Batch) Settled(w *Worker, i int) bool { return b.Unstable(w, i) == 0 }

// Unstable returns how many neurons of sample i a parallel sweep without feedback would
// change: all of them, while they are unset.
func (b *Batch) Unstable(w *Worker, i int) int {
	if b.samples[i].unset {
		return b.network.Neurons()
	}
	b.drive(w, i, i+1)
	b.refresh(w, i, i+1)
	return len(b.wouldFlip(w, i, b.fields[i]))
}

func couplingScale(m *network.Module) float32 {
	if m.Recurrent == nil {
		return 1
	}
	return float32(m.Recurrent.Scale())
}

func vectors(rows, size int) [][]float32 {
	all := make([]float32, rows*size)
	v := make([][]float32, rows)
	for i := range v {
		v[i] = all[i*size : (i+1)*size : (i+1)*size]
	}
	return v
}
