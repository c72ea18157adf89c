package interchange

import (
	"math/bits"

	"basin/network"
	"basin/network/coupling"
)

// codes are couplings as numbers of a few bits, row after row, the lowest bit first. Where the
// ends of a row are listed a number tells how many are passed over before each: a Rice code, so
// many ones as the number has multiples of 2^Rice, a zero, and the rest in Rice bits. The coupling
// follows, as its complement of two.
type codes struct {
	Width int   // bits of a coupling; 0 where all are the same
	Rice  int   // bits of the rest; -1 where nothing is listed and a row has all
	Count table // couplings of each row where they are listed
	Bytes table // of each row, where rows begin at a byte and have not the same length
	Row   int   // bytes of a row, where all have the same
	Code  table // bytes
	Shift table // of each receiver: from the unit of its couplings here to that of its field
}

// input is the couplings of a module from the input, a row for each receiver, without a gap
// between them.
type input struct {
	Lines, Values, Pitch int   // of the window that a row reads; all inputs are one line
	Window               table // the first input of each receiver; nil where that is 0
	codes
}

// block is couplings among neurons, a row for each sender, which begins at a byte.
type block struct {
	Index, From, To    int // the modules at its ends
	Senders, Receivers int
	First              [2]int // neurons of the two, counted through all modules
	Hollow             bool   // a row has no coupling of a neuron with itself
	Facing             bool   // couplings are one to one
	Fixed              int32  // every coupling in the unit of the shared terms of the receivers; 0 where they differ
	codes
}

// entry is one coupling of a row.
type entry struct {
	at    int // the other end
	value int32
}

// rows lists the couplings of each receiver in units, 2^exponent for all or, of a block that
// learns, its own; then it gives Shift. It reports whether some coupling is not zero.
func (c *codes) rows(of coupling.Couplings, to *module, fixed bool) (rows [][]entry, some bool) {
	rows = make([][]entry, to.Neurons)
	for i := range rows {
		unit := to.shared
		if !fixed {
			unit = coupling.UnitOf(of, i)
		}
		any := false
		of.Rows(i, i+1, func(_, j int, value *float32) bool {
			rows[i] = append(rows[i], entry{j, inUnits(*value, unit)})
			any = any || *value != 0
			return true
		})
		switch {
		case fixed:
		case any:
			c.Shift = append(c.Shift, int32(unit-to.units[i]))
		default:
			c.Shift = append(c.Shift, 0)
		}
		some = some || any
	}
	return rows, some
}

// encode writes rows, of which those that are listed leave out couplings of zero. Aligned rows
// begin at a byte.
func (c *codes) encode(rows [][]entry, listed, aligned bool) {
	c.Rice = -1
	if listed {
		for r, row := range rows {
			kept := make([]entry, 0, len(row))
			for _, e := range row {
				if e.value != 0 {
					kept = append(kept, e)
				}
			}
			rows[r] = kept
			c.Count = append(c.Count, int32(len(kept)))
		}
		c.Rice = bestRice(rows)
	}
	var to bitWriter
	for _, row := range rows {
		begin, next := len(to.bytes), 0
		for _, e := range row {
			if listed {
				to.rice(e.at-next, c.Rice)
				next = e.at + 1
			}
			to.write(uint32(e.value), c.Width)
		}
		if aligned {
			to.held = 0
			c.Bytes = append(c.Bytes, int32(len(to.bytes)-begin))
		}
	}
	if aligned && !listed {
		c.Row, c.Bytes = int(c.Bytes[0]), nil
	}
	c.Code = to.bytes
}

// widthOf returns the bits of the largest coupling, its sign among them.
func widthOf(rows [][]entry) int {
	most := 0
	for _, row := range rows {
		for _, e := range row {
			most = max(most, bits.Len32(uint32(max(e.value, -e.value))))
		}
	}
	return most + 1
}

// bestRice returns the bits of the rest with which the numbers of rows are shortest.
func bestRice(rows [][]entry) (best int) {
	least := -1
	for rest := range 9 { // programs read 8 bits at a time
		total := 0
		for _, row := range rows {
			next := 0
			for _, e := range row {
				total += (e.at-next)>>rest + 1 + rest
				next = e.at + 1
			}
		}
		if least < 0 || total < least {
			best, least = rest, total
		}
	}
	return best
}

// bitWriter writes numbers of some bits one after another, the lowest bit first.
type bitWriter struct {
	bytes table
	held  int // bits of the last byte, 0 where the next number begins one
}

func (w *bitWriter) write(v uint32, width int) {
	for k := range width {
		if w.held == 0 {
			w.bytes = append(w.bytes, 0)
		}
		w.bytes[len(w.bytes)-1] |= int32(v>>k&1) << w.held
		w.held = (w.held + 1) % 8
	}
}

// rice writes a number as a Rice code with so many bits of rest.
func (w *bitWriter) rice(v, rest int) {
	for range v >> rest {
		w.write(1, 1)
	}
	w.write(0, 1)
	w.write(uint32(v), rest)
}

// addInput adds the couplings of a module from the input.
func (p *program) addInput(n *network.Network, index int) {
	m, w := p.Modules[index], n.Modules[index].Input
	in := &input{Lines: 1, Values: p.Inputs, Pitch: p.Inputs}
	rows, some := in.rows(w, m, false)
	if !some {
		return
	}
	if w.Kind() == "windowed" {
		_, width, channels := imageSides(n.InputShape)
		in.Lines = n.Spec.Modules[index].Input.Window
		in.Values, in.Pitch = in.Lines*channels, width*channels
		for _, row := range rows {
			in.Window = append(in.Window, int32(row[0].at))
		}
	}
	in.Width = widthOf(rows)
	in.encode(rows, w.Kind() == "sparse", false)
	m.Input = in
}

// addBlock adds couplings among neurons; those that are fixed are all the same.
func (p *program) addBlock(c coupling.Block, from, to int, fixed bool) {
	b := p.newBlock(from, to)
	rows, some := b.rows(c, p.Modules[to], fixed)
	if !some {
		return
	}
	sent := make([][]entry, b.Senders)
	for i, row := range rows {
		for _, e := range row {
			if sent[e.at] = append(sent[e.at], entry{i, e.value}); fixed {
				b.Fixed = e.value
			}
		}
	}
	if !fixed {
		b.Width = widthOf(sent)
	}
	b.Hollow = c.Shape().Hollow && c.Kind() == "dense"
	b.encode(sent, c.Kind() == "sparse", true)
	p.Blocks = append(p.Blocks, b)
}

// addFacing adds a link one to one.
func (p *program) addFacing(w *network.Pathway) {
	b := p.newBlock(w.From, w.To)
	b.Facing = true
	if w.Strength != 0 {
		b.Fixed = inUnits(w.Strength, p.Modules[w.To].shared)
		p.Blocks = append(p.Blocks, b)
	}
}

func (p *program) newBlock(from, to int) *block {
	f, t := p.Modules[from], p.Modules[to]
	return &block{Index: len(p.Blocks), From: from, To: to, Senders: f.Neurons, Receivers: t.Neurons, First: [2]int{f.First, t.First}}
}
