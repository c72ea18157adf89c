package interchange

import (
	"fmt"
	"slices"
	"strings"
)

// table is an array of constants.
type table []int32

// size returns the bytes of the smallest integer that holds every value, and whether some are
// negative.
func (t table) size() (bytes int, signed bool) {
	low, high := slices.Min(t), slices.Max(t)
	switch {
	case low >= 0 && high < 1<<8:
		return 1, false
	case low >= -1<<7 && high < 1<<7:
		return 1, true
	case low >= 0 && high < 1<<16:
		return 2, false
	case low >= -1<<15 && high < 1<<15:
		return 2, true
	}
	return 4, true
}

// Type names that integer as Go does.
func (t table) Type() string {
	bytes, signed := t.size()
	if signed {
		return fmt.Sprintf("int%d", 8*bytes)
	}
	return fmt.Sprintf("uint%d", 8*bytes)
}

// String lists the values in lines of at most 100 characters, each after a tab.
func (t table) String() string {
	var text strings.Builder
	column := 0
	for _, v := range t {
		number := fmt.Sprintf("%d,", v)
		switch {
		case column == 0:
			text.WriteByte('\t')
		case column+1+len(number) > 100:
			text.WriteString("\n\t")
			column = 0
		default:
			text.WriteByte(' ')
			column++
		}
		text.WriteString(number)
		column += len(number)
	}
	return text.String()
}

// named is a table with its name.
type named struct {
	Name  string
	Table table
}

// Tables lists all tables that are not empty.
func (p *program) Tables() (list []named) {
	add := func(name string, t table) {
		if len(t) > 0 {
			list = append(list, named{name, t})
		}
	}
	addCodes := func(name string, c *codes) {
		add(name+"_count", c.Count)
		add(name+"_bytes", c.Bytes)
		add(name+"_shift", c.Shift)
		add(name+"_code", c.Code)
	}
	for _, m := range p.Modules {
		add(fmt.Sprintf("module%d_bias", m.Index), m.Bias)
		add(fmt.Sprintf("module%d_shift", m.Index), m.Shift)
		if m.Input != nil {
			name := fmt.Sprintf("input%d", m.Index)
			add(name+"_window", m.Input.Window)
			addCodes(name, &m.Input.codes)
		}
	}
	for _, b := range p.Blocks {
		addCodes(fmt.Sprintf("block%d", b.Index), &b.codes)
	}
	add("readout", p.Readout)
	return list
}

// Constants returns the bytes of all tables.
func (p *program) Constants() (total int) {
	for _, n := range p.Tables() {
		bytes, _ := n.Table.size()
		total += bytes * len(n.Table)
	}
	return total
}

// Work returns the bytes of what a prediction writes: a field for each neuron, two states, and,
// with cycles, three more and three counts.
func (p *program) Work() int {
	field, states, counts := 4, 2, 0
	if p.Narrow {
		field = 2
	}
	align := field
	if p.Cycles {
		states, counts, align = 5, 12, 4
	}
	total := field*p.Neurons + states*((p.Neurons+7)/8)
	return (total+align-1)/align*align + counts
}

// Coded, Listed and Valued say that some couplings are codes, that the ends of some are listed,
// and that some differ from each other.
func (p *program) Coded() bool  { return p.some(func(*codes) bool { return true }) }
func (p *program) Listed() bool { return p.some(func(c *codes) bool { return c.Count != nil }) }
func (p *program) Valued() bool { return p.some(func(c *codes) bool { return c.Width > 0 }) }

func (p *program) some(is func(c *codes) bool) bool {
	return slices.ContainsFunc(p.Modules, func(m *module) bool { return m.Input != nil && is(&m.Input.codes) }) ||
		slices.ContainsFunc(p.Blocks, func(b *block) bool { return b.Code != nil && is(&b.codes) })
}
