package coupling

import (
	"math/bits"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Evidence is what a mini-batch says to one block: which neurons were unstable in which
// samples, and the states. Planes have one byte per neuron with the bits of 8 samples, from
// the least significant on, and reach to the next multiple of 64 neurons; bits beyond the
// last sample are zero. Every goroutine that changes couplings has one of its own.
type Evidence struct {
	// Step is the factor of the increments.
	Step float32
	// Unstable and Signs, set where a state is -1, have a plane of the receivers for each 8
	// samples.
	Unstable, Signs [][]uint8
	// SenderUnstable and SenderSigns are those of the senders; nil where these are the
	// receivers.
	SenderUnstable, SenderSigns [][]uint8
	// Inputs has the padded inputs of each sample, for an [Input].
	Inputs [][]float32
	// Weights, if not nil, has for each sample what each receiver is to its input
	// couplings, its state times a weight: in place of the bits.
	Weights [][]float32

	receiver, sender words
	short            shortWords
	joined           []joined
	long, places     planes    // of a shared block
	counts           []float32 // of the couplings from one pixel of its windows
	list, signs      [][]uint8
	list64           [][]uint64
	rows             [][]float32
	factors          []float32
	unstablePlaces   []unstablePlace // see SharedInput
	ofChannel        []int32
}

// unstablePlace is a place at which a channel is unstable: the neuron and the first input that
// it reads there, and the number of the next such place.
type unstablePlace struct{ neuron, first, next int32 }

// words are bits of up to 64 samples, one word per neuron, block after block of samples.
type words struct{ unstable, signs [][]uint64 }

// shortWords are bits of up to 16 samples, one word per neuron.
type shortWords struct{ unstable, signs, senderSigns []uint16 }

// planes are lists of planes of receivers and senders.
type planes struct{ unstable, signs, senderSigns [][]uint8 }

// joined is a block of words at both ends.
type joined struct{ unstable, signs, senderUnstable, senderSigns []uint64 }

const (
	wordGroups  = 8 // groups whose bits share one word,
	shortGroups = 2 // and one short word
)

// NewEvidence makes room for the evidence of blocks of up to so many neurons at either end,
// from up to so many samples. Learning then allocates nothing.
func NewEvidence(neurons, samples int) *Evidence {
	groups := (samples + groupSize - 1) / groupSize
	e := &Evidence{
		list: make([][]uint8, 0, groups), signs: make([][]uint8, 0, groups), rows: make([][]float32, 0, groups*groupSize), factors: make([]float32, 0, samples),
	}
	blocks := (groups + wordGroups - 1) / wordGroups
	e.list64, e.joined = make([][]uint64, 0, blocks), make([]joined, 0, blocks)
	size := layout.Padded(neurons)
	e.short = shortWords{make([]uint16, size), make([]uint16, size), make([]uint16, size+1)[:size]} // a kernel reads two words of senders at once
	for range blocks {
		for _, end := range []*words{&e.receiver, &e.sender} {
			end.unstable = append(end.unstable, make([]uint64, neurons))
			end.signs = append(end.signs, make([]uint64, neurons))
		}
	}
	return e
}

// Reserve makes the room that couplings need to learn from up to so many samples beyond that of
// [NewEvidence]. Learning then allocates nothing, whichever part it is of; but of very many
// places and samples together, of which most are never unstable at once, room is made when it is
// needed.
func (e *Evidence) Reserve(c Couplings, samples int) {
	if kind, ok := c.(interface {
		reserve(e *Evidence, samples int)
	}); ok {
		kind.reserve(e, samples)
	}
}

// mostReserved bounds the rows that are reserved.
const mostReserved = 1 << 16

// sending returns the planes of signs of the senders.
func (e *Evidence) sending() [][]uint8 {
	if e.SenderSigns != nil {
		return e.SenderSigns
	}
	return e.Signs
}

// from returns the words of the senders.
func (e *Evidence) from() *words {
	if e.SenderSigns != nil {
		return &e.sender
	}
	return &e.receiver
}

// blocks returns the number of words that the samples take.
func (e *Evidence) blocks() int { return (len(e.Signs) + wordGroups - 1) / wordGroups }

// join makes the words of so many neurons at either end.
func (e *Evidence) join(receivers, senders int) {
	for g := 0; g < len(e.Signs); g += wordGroups {
		end, block := min(g+wordGroups, len(e.Signs)), g/wordGroups
		kernel.Words(e.receiver.unstable[block][:receivers], e.Unstable[g:end])
		kernel.Words(e.receiver.signs[block][:receivers], e.Signs[g:end])
		if e.SenderSigns != nil {
			kernel.Words(e.sender.unstable[block][:senders], e.SenderUnstable[g:end])
			kernel.Words(e.sender.signs[block][:senders], e.SenderSigns[g:end])
		}
	}
}

// lengthen makes copies of the planes of so many receivers that are longer; what lies behind is
// free.
func (e *Evidence) lengthen(receivers, more int) {
	e.reserveLong(len(e.Signs), receivers+more)
	for g := range e.Signs {
		copy(e.long.unstable[g], e.Unstable[g][:receivers])
		copy(e.long.signs[g], e.Signs[g][:receivers])
	}
}

// reserveLong makes room for so many longer planes of a size.
func (e *Evidence) reserveLong(groups, size int) {
	for _, list := range []*[][]uint8{&e.long.unstable, &e.long.signs} {
		for g := range groups {
			if g == len(*list) {
				*list = append(*list, nil)
			}
			if len((*list)[g]) < size {
				(*list)[g] = make([]uint8, size)
			}
		}
	}
}

// few says that the samples fit short words.
func (e *Evidence) few() bool { return len(e.Signs) > 0 && len(e.Signs) <= shortGroups }

// joinShort makes the short words of receivers from..to, multiples of 16, and so many
// senders, where the samples are few.
func (e *Evidence) joinShort(from, to, senders int) (w shortWords) {
	w = e.short
	for _, join := range []struct {
		words    []uint16
		planes   [][]uint8
		from, to int
	}{{w.unstable, e.Unstable, from, to}, {w.signs, e.Signs, from, to}, {w.senderSigns, e.sending(), 0, senders}} {
		list := e.list[:0]
		for g := range e.Signs {
			plane := join.planes[g]
			list = append(list, plane[join.from:join.to:len(plane)])
		}
		kernel.ShortWords(join.words[join.from:join.to], list)
	}
	return w
}

// shortInputs returns so many inputs of each sample in which one of the receivers from..to,
// whose short words are there, is unstable, nil of the others.
func (e *Evidence) shortInputs(from, to, inputs int) [][]float32 {
	var any uint16
	for _, u := range e.short.unstable[from:to] {
		any |= u
	}
	e.rows = e.rows[:0]
	for b := range len(e.Signs) * groupSize {
		var row []float32
		if any>>b&1 == 1 {
			row = e.Inputs[b][:inputs]
		}
		e.rows = append(e.rows, row)
	}
	return e.rows
}

// Join prepares [Evidence.Agreement] for so many neurons at either end.
func (e *Evidence) Join(receivers, senders int) {
	e.join(receivers, senders)
	e.joined = e.joined[:0]
	for g := range e.blocks() {
		e.joined = append(e.joined, joined{e.receiver.unstable[g], e.receiver.signs[g], e.from().unstable[g], e.from().signs[g]})
	}
}

// Agreement returns the sum of s_i s_j over the samples in which receiver i is unstable,
// and with both also sender j: an integer, exact in any order. Join comes first.
func (e *Evidence) Agreement(i, j int, both bool) (count int) {
	for g := range e.joined {
		words := &e.joined[g]
		u := words.unstable[i]
		if both {
			u &= words.senderUnstable[j]
		}
		if u != 0 {
			count += 2*bits.OnesCount64(u&^(words.signs[i]^words.senderSigns[j])) - bits.OnesCount64(u)
		}
	}
	return count
}

// unstable returns the inputs, of so many values, of the samples in which receiver i is
// unstable, and what it is in them.
func (e *Evidence) unstable(i, inputs int) (rows [][]float32, factors []float32) {
	e.rows, e.factors = e.rows[:0], e.factors[:0]
	e.gather(i, 0, inputs)
	return e.rows, e.factors
}

// gather appends the inputs from..to of the samples in which receiver i is unstable to the
// rows, and what it is in them to the factors.
func (e *Evidence) gather(i, from, to int) {
	if e.Weights != nil {
		for b, weights := range e.Weights {
			if weight := weights[i]; weight != 0 {
				e.rows = append(e.rows, e.Inputs[b][from:to])
				e.factors = append(e.factors, weight)
			}
		}
		return
	}
	for g, plane := range e.Unstable {
		signs := e.Signs[g][i]
		for u := plane[i]; u != 0; u &= u - 1 {
			b := bits.TrailingZeros8(u)
			e.rows = append(e.rows, e.Inputs[g*groupSize+b][from:to])
			e.factors = append(e.factors, float32(1-2*int(signs>>b&1)))
		}
	}
}
