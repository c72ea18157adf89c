package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// nibbleCounts is the table of twice the population counts of 4 bits.
func nibbleCounts() Mem {
	table := GLOBL("nibbleCounts", RODATA|NOPTR)
	for n := range 16 {
		DATA(n, U8(2*(n&1+n>>1&1+n>>2&1+n>>3&1)))
	}
	return table
}

// chunkBytes is the size of the slices of 15 planes: a byte holds twice their samples.
const chunkBytes = 15 * 24

// prefetchReceivers is how far ahead of the couplings at work others are asked for.
const prefetchReceivers = 512

// densePlasticity walks the senders, and for each the receivers in blocks of 64. Samples
// that agree are counted with a table of the counts of 4 bits: in bytes over up to 15
// planes, then in words.
func densePlasticity(table Mem, wide bool) {
	name, vector, clear := "densePlasticityAVX2", YMM, clearNarrow
	if wide {
		name, vector, clear = "densePlasticityAVX512", ZMM, clearWide
	}
	TEXT(name, NOSPLIT, "func(couplings *float32, stride, senders, from, to int, initial *int16, unstable, signs, senderSigns *[]uint8, planes int, step float32)")
	Pragma("noescape")
	Doc(name + " adds the increments from senders > 0 to the receivers from..to; initial holds minus the number of unstable samples of each, from the multiple of 64 before from on.")
	step, x := vector(), XMM()
	Load(Param("step"), x)
	VBROADCASTSS(x, step)
	count := countBits(table, vector)
	row, initial, i, j := pointer("couplings"), pointer("initial"), GP64(), GP64()
	unstable, signs, senderSigns := pointer("unstable"), pointer("signs"), pointer("senderSigns")
	p, end, last := GP64(), GP64(), pointer("planes")
	IMUL3Q(U8(24), last, last)
	// Receivers are counted from the start of a row, so initial is too.
	MOVQ(NewParamAddr("from", parameterOffset("from")), i)
	ANDQ(I8(-64), i)
	SUBQ(i, initial)
	SUBQ(i, initial)
	bytes := int(step.Size())
	agree, counts := make([]reg.VecVirtual, 64/bytes), make([]reg.VecVirtual, 128/bytes)
	XORQ(j, j)
	Label("sender")
	MOVQ(NewParamAddr("from", parameterOffset("from")), i)
	ANDQ(I8(-64), i)
	Label("block")
	XORQ(p, p)
	for n := range counts {
		counts[n] = vector()
		VMOVUPS(Mem{Base: initial, Index: i, Scale: 2, Disp: n * bytes}, counts[n])
	}
	Label("chunk")
	LEAQ(Mem{Base: p, Disp: chunkBytes}, end)
	CMPQ(last, end)
	CMOVQLT(last, end)
	for n := range agree {
		agree[n] = vector()
		clear(agree[n])
	}
	Label("plane")
	plane, mine, sent := GP64(), GP64(), vector()
	MOVQ(Mem{Base: senderSigns, Index: p, Scale: 1}, plane)
	VPBROADCASTB(Mem{Base: plane, Index: j, Scale: 1}, sent)
	MOVQ(Mem{Base: signs, Index: p, Scale: 1}, mine)
	MOVQ(Mem{Base: unstable, Index: p, Scale: 1}, plane)
	for n, sum := range agree {
		s, u := Mem{Base: mine, Index: i, Scale: 1, Disp: n * bytes}, Mem{Base: plane, Index: i, Scale: 1, Disp: n * bytes}
		word := vector()
		if wide {
			VMOVDQU32(s, word)
			// Truth table over (word, sent, u), word the highest bit: u and word = sent.
			VPTERNLOGD(U8(0b10000010), u, sent, word)
		} else {
			VPXOR(s, sent, word)
			VPANDN(u, word, word)
		}
		count(word, sum)
	}
	ADDQ(U8(24), p)
	CMPQ(p, end)
	JLT(LabelRef("plane"))
	for n, c := range counts {
		term := vector()
		VPMOVZXBW(halfOf(agree[n/2], n%2, wide), term)
		VPADDW(term, c, c)
	}
	CMPQ(p, last)
	JLT(LabelRef("chunk"))
	writeCounts(row, i, counts, step, wide)
	Label("more")
	CMPQ(i, NewParamAddr("to", parameterOffset("to")))
	JLT(LabelRef("block"))
	Label("next")
	stride := pointer("stride")
	LEAQ(Mem{Base: row, Index: stride, Scale: 4}, row)
	INCQ(j)
	CMPQ(j, NewParamAddr("senders", parameterOffset("senders")))
	JLT(LabelRef("sender"))
	VZEROUPPER()
	RET()
}

// writeCounts adds step times the counts of a block to the couplings of the receivers
// between from and to: a whole block at once, others 16 receivers at a time. It moves i
// to the next block, or goes on to the next row.
func writeCounts(row, i reg.Register, counts []reg.VecVirtual, step reg.VecVirtual, wide bool) {
	after := GP64()
	LEAQ(Mem{Base: i, Disp: 64}, after)
	CMPQ(after, NewParamAddr("to", parameterOffset("to")))
	JGT(LabelRef("part0"))
	CMPQ(i, NewParamAddr("from", parameterOffset("from")))
	JLT(LabelRef("part0"))
	for g := range 4 {
		PREFETCHT0(Mem{Base: row, Index: i, Scale: 4, Disp: 4*prefetchReceivers + 64*g})
		addCounts(Mem{Base: row, Index: i, Scale: 4, Disp: 64 * g}, g, counts, step, wide)
	}
	MOVQ(after, i)
	JMP(LabelRef("more"))
	for g := range 4 {
		Label(fmt.Sprintf("part%d", g))
		CMPQ(i, NewParamAddr("to", parameterOffset("to")))
		JGE(LabelRef("next"))
		ADDQ(U8(16), i)
		CMPQ(i, NewParamAddr("from", parameterOffset("from")))
		JLE(LabelRef(fmt.Sprintf("part%d", g+1)))
		addCounts(Mem{Base: row, Index: i, Scale: 4, Disp: -64}, g, counts, step, wide)
	}
	Label("part4")
}

// countBits returns what adds twice the number of bits of every byte of a word, which is
// lost, to the bytes of a sum.
func countBits(table Mem, vector func() reg.VecVirtual) func(word, sum reg.VecVirtual) {
	nibbles, low, fifteen, x := vector(), vector(), GP32(), XMM()
	and := func(a, b, v Op) { VPAND(a, b, v) }
	if nibbles.Size() == 64 {
		and = func(a, b, v Op) { VPANDD(a, b, v) }
		VBROADCASTI32X4(table, nibbles)
	} else {
		VBROADCASTI128(table, nibbles)
	}
	MOVL(U32(0x0f0f0f0f), fifteen)
	VMOVD(fifteen, x)
	VPBROADCASTD(x, low)
	return func(word, sum reg.VecVirtual) {
		high := vector()
		VPSRLW(U8(4), word, high)
		and(low, word, word)
		and(low, high, high)
		VPSHUFB(word, nibbles, word)
		VPSHUFB(high, nibbles, high)
		VPADDB(word, sum, sum)
		VPADDB(high, sum, sum)
	}
}

// addCounts adds step times the counts of 16 receivers, group g of a block, to their
// couplings.
func addCounts(couplings Mem, g int, counts []reg.VecVirtual, step reg.VecVirtual, wide bool) {
	halves := 16 * 4 / int(step.Size())
	for n := range halves {
		v, place := YMM(), couplings.Offset(n*int(step.Size()))
		if wide {
			v = ZMM()
		}
		half := g*halves + n
		VPMOVSXWD(halfOf(counts[half/2], half%2, wide), v)
		VCVTDQ2PS(v, v)
		VMULPS(step, v, v)
		VADDPS(place, v, v)
		VMOVUPS(v, place)
	}
}

// halfOf returns the lower or the upper half of a vector.
func halfOf(v reg.VecVirtual, half int, wide bool) reg.VecVirtual {
	switch {
	case wide && half == 0:
		return v.AsY().(reg.VecVirtual)
	case wide:
		part := YMM()
		VEXTRACTI64X4(U8(1), v, part)
		return part
	case half == 0:
		return v.AsX().(reg.VecVirtual)
	}
	part := XMM()
	VEXTRACTI128(U8(1), v, part)
	return part
}

// sparsePlasticity walks the entries of the receivers that have an unstable sample,
// with one population count for up to 64 samples, or 16 in short words.
func sparsePlasticity(short bool) {
	name, word, scale, load := "sparsePlasticityAVX2", "uint64", uint8(8), MOVQ
	if short {
		name, word, scale, load = "sparsePlasticityShortAVX2", "uint16", 2, MOVWQZX
	}
	TEXT(name, NOSPLIT, "func(value *float32, start, sender *int32, from, to int, unstable, signs, senderSigns *"+word+", step float32)")
	Pragma("noescape")
	Doc(name + " adds the increments of the couplings that receivers from..to receive.")
	value, start, sender := pointer("value"), pointer("start"), pointer("sender")
	i, unstable, signs, senderSigns := pointer("from"), pointer("unstable"), pointer("signs"), pointer("senderSigns")
	step := XMM()
	Load(Param("step"), step)
	u, mine, all, e, end, j, sent := GP64(), GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	Label("receiver")
	load(Mem{Base: unstable, Index: i, Scale: scale}, u)
	TESTQ(u, u)
	JZ(LabelRef("next"))
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4}, e)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4, Disp: 4}, end)
	CMPQ(e, end)
	JGE(LabelRef("next"))
	load(Mem{Base: signs, Index: i, Scale: scale}, mine)
	POPCNTQ(u, all)
	// Agreement of i and j where i is unstable: u &^ (mine ^ other), that is
	// u & (other ^ ^mine).
	NOTQ(mine)
	Label("entry")
	MOVLQSX(Mem{Base: sender, Index: e, Scale: 4}, j)
	load(Mem{Base: senderSigns, Index: j, Scale: scale}, sent)
	XORQ(mine, sent)
	ANDQ(u, sent)
	count := GP64()
	POPCNTQ(sent, count)
	ADDQ(count, count)
	SUBQ(all, count)
	v := XMM()
	VXORPS(v, v, v)
	VCVTSI2SSQ(count, v, v)
	VMULSS(step, v, v)
	VADDSS(Mem{Base: value, Index: e, Scale: 4}, v, v)
	VMOVSS(v, Mem{Base: value, Index: e, Scale: 4})
	INCQ(e)
	CMPQ(e, end)
	JLT(LabelRef("entry"))
	Label("next")
	INCQ(i)
	CMPQ(i, NewParamAddr("to", parameterOffset("to")))
	JLT(LabelRef("receiver"))
	RET()
}
