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

// denseField8 keeps 8 samples x 48 receivers in registers and walks the senders;
// senders > 0.
func denseField8(exact bool) {
	name := fieldName(exact) + "8AVX512"
	TEXT(name, NOSPLIT, "func(fields *[]float32, receiver int, states *[]float32, sender int, couplings *float32, stride, senders int)")
	Pragma("noescape")
	Doc(name + " adds couplings times 8 states from sender on to 48 receivers of 8 fields from receiver on.")
	fields, receiver := pointer("fields"), pointer("receiver")
	const wide = 3
	sums := wideVectors(8 * wide)
	// visit hands over where each sum belongs.
	visit := func(move func(sum, place Op)) {
		for q := range 8 {
			field := GP64()
			MOVQ(Mem{Base: fields, Disp: 24 * q}, field)
			for v := range wide {
				move(sums[q*wide+v], Mem{Base: field, Index: receiver, Scale: 4, Disp: 64 * v})
			}
		}
	}
	visit(func(sum, place Op) { VMOVUPS(place, sum) })
	// States are addressed from their end, so that the counter ends at zero.
	list, end, j := pointer("states"), pointer("sender"), pointer("senders")
	ADDQ(j, end)
	NEGQ(j)
	states := make([]reg.Register, 8)
	for q := range states {
		states[q] = GP64()
		MOVQ(Mem{Base: list, Disp: 24 * q}, states[q])
		LEAQ(Mem{Base: states[q], Index: end, Scale: 4}, states[q])
	}
	row, stride := pointer("couplings"), pointer("stride")
	SHLQ(U8(2), stride)
	Label("sender")
	c := wideVectors(wide)
	for v := range wide {
		VMOVUPS(Mem{Base: row, Disp: 64 * v}, c[v])
		PREFETCHT1(Mem{Base: row, Disp: prefetchAhead + 64*v})
	}
	for q, s := range states {
		value := ZMM()
		VBROADCASTSS(Mem{Base: s, Index: j, Scale: 4}, value)
		for v := range wide {
			addProduct(exact, c[v], value, sums[q*wide+v], ZMM)
		}
	}
	ADDQ(stride, row)
	INCQ(j)
	JNZ(LabelRef("sender"))
	visit(func(sum, place Op) { VMOVUPS(sum, place) })
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
