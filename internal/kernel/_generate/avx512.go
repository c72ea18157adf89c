package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func wideVectors(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = ZMM()
	}
	return v
}

func wideBroadcast(name string) reg.VecVirtual {
	x, v := XMM(), ZMM()
	Load(Param(name), x)
	VBROADCASTSS(x, v)
	return v
}

// denseField8 keeps 8 samples x 48 receivers in registers. The states come packed,
// 8 samples to a sender.
func denseField8(exact bool) {
	name := fieldName(exact) + "8AVX512"
	TEXT(name, NOSPLIT, "func(fields *[]float32, at int, states, couplings *float32, stride, senders, blocks int)")
	Pragma("noescape")
	Doc(name + " adds couplings times 8 states to 8 fields, for blocks of 48 receivers from at on; states[8*j+q] is that of sender j in sample q.")
	fields, at, states, couplings := pointer("fields"), pointer("at"), pointer("states"), pointer("couplings")
	stride, senders, blocks := pointer("stride"), pointer("senders"), pointer("blocks")
	SHLQ(U8(2), stride)
	SHLQ(U8(2), at)
	field, row, s, j := GP64(), GP64(), GP64(), GP64()
	const wide = 3
	Label("block")
	sums := wideVectors(8 * wide)
	for q := range 8 {
		MOVQ(Mem{Base: fields, Disp: 24 * q}, field)
		for v := range wide {
			VMOVUPS(Mem{Base: field, Index: at, Scale: 1, Disp: 64 * v}, sums[q*wide+v])
		}
	}
	MOVQ(couplings, row)
	MOVQ(states, s)
	MOVQ(senders, j)
	Label("sender")
	c := wideVectors(wide)
	for v := range wide {
		VMOVUPS(Mem{Base: row, Disp: 64 * v}, c[v])
	}
	for v := range wide {
		PREFETCHT0(Mem{Base: row, Disp: prefetchAhead + 64*v})
	}
	for q := range 8 {
		value := ZMM()
		VBROADCASTSS(Mem{Base: s, Disp: 4 * q}, value)
		for v := range wide {
			addProduct(exact, c[v], value, sums[q*wide+v], ZMM)
		}
	}
	ADDQ(stride, row)
	ADDQ(U8(32), s)
	DECQ(j)
	JNZ(LabelRef("sender"))
	for q := range 8 {
		MOVQ(Mem{Base: fields, Disp: 24 * q}, field)
		for v := range wide {
			VMOVUPS(sums[q*wide+v], Mem{Base: field, Index: at, Scale: 1, Disp: 64 * v})
		}
	}
	ADDQ(U32(64*wide), at)
	ADDQ(U32(64*wide), couplings)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// denseFlipsWide keeps 128 receivers in registers and walks the flipped senders.
func denseFlipsWide() {
	TEXT("denseFlipsAVX512", NOSPLIT, "func(field, state, couplings *float32, stride int, flipped *int32, count, receivers int)")
	Pragma("noescape")
	Doc("denseFlipsAVX512 adds twice the rows of the flipped senders to a field; receivers is a multiple of 16.")
	f, s, couplings := pointer("field"), pointer("state"), pointer("couplings")
	stride, flipped, count, receivers := pointer("stride"), pointer("flipped"), pointer("count"), pointer("receivers")
	SHLQ(U8(2), stride)
	j, q := GP64(), GP64()
	for _, block := range []int{8, 1} {
		name := map[int]string{8: "eight", 1: "one"}[block]
		Label(name)
		CMPQ(receivers, U32(16*block))
		JLT(LabelRef(name + "done"))
		sums := wideVectors(block)
		for v := range block {
			VMOVUPS(Mem{Base: f, Disp: 64 * v}, sums[v])
		}
		XORQ(q, q)
		Label(name + "flip")
		value := ZMM()
		MOVLQSX(Mem{Base: flipped, Index: q, Scale: 4}, j)
		VBROADCASTSS(Mem{Base: s, Index: j, Scale: 4}, value)
		VADDPS(value, value, value)
		IMULQ(stride, j)
		ADDQ(couplings, j)
		for v := range block {
			VFMADD231PS(Mem{Base: j, Disp: 64 * v}, value, sums[v])
		}
		INCQ(q)
		CMPQ(q, count)
		JLT(LabelRef(name + "flip"))
		for v := range block {
			VMOVUPS(sums[v], Mem{Base: f, Disp: 64 * v})
		}
		ADDQ(U32(64*block), f)
		ADDQ(U32(64*block), couplings)
		SUBQ(U32(16*block), receivers)
		JMP(LabelRef(name))
		Label(name + "done")
	}
	VZEROUPPER()
	RET()
}

// sparseFieldWide moves the signs of 16 samples into a mask and turns the coupling's
// sign where it is set.
func sparseFieldWide() {
	TEXT("sparseField16AVX512", NOSPLIT, "func(lanes *float32, start, sender *int32, value *float32, plane0, plane1 *uint8, from, to int)")
	Pragma("noescape")
	Doc("sparseField16AVX512 sums the couplings of receivers from..to over the signs of 16 samples.")
	lanes, sender, value := pointer("lanes"), pointer("sender"), pointer("value")
	plane0, plane1 := pointer("plane0"), pointer("plane1")
	signBit := ZMM()
	bit := GP32()
	MOVL(U32(1<<31), bit)
	VPBROADCASTD(bit, signBit)
	j := GP64()
	receivers([2][]reg.VecVirtual{wideVectors(1), wideVectors(1)}, clearWide,
		func(e reg.Register, sums []reg.VecVirtual) {
			MOVLQSX(Mem{Base: sender, Index: e, Scale: 4}, j)
			coupling := ZMM()
			VBROADCASTSS(Mem{Base: value, Index: e, Scale: 4}, coupling)
			low, high := K(), K()
			KMOVB(Mem{Base: plane0, Index: j, Scale: 1}, low)
			KMOVB(Mem{Base: plane1, Index: j, Scale: 1}, high)
			KUNPCKBW(low, high, low)
			VPXORD(signBit, coupling, low, coupling)
			VADDPS(coupling, sums[0], sums[0])
		},
		func(sums []reg.VecVirtual) { storeLanes(lanes, sums, 64) })
}

// peakWide keeps 24 independent sums busy.
func peakWide() {
	TEXT("peakAVX512", NOSPLIT, "func(rounds int)")
	Pragma("noescape")
	Doc("peakAVX512 runs rounds of 24 independent vector fused multiply-adds.")
	rounds := pointer("rounds")
	sums := wideVectors(24)
	for _, s := range sums {
		VPXORD(s, s, s)
	}
	a := ZMM()
	VPXORD(a, a, a)
	Label("round")
	for _, s := range sums {
		VFMADD231PS(a, a, s)
	}
	DECQ(rounds)
	JNZ(LabelRef("round"))
	VZEROUPPER()
	RET()
}
