package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// prefetchAhead is how far ahead of the receivers at work their successors are asked
// for, in bytes: the 48 receivers of a block. They go to the second cache: requests for
// the first are few at a time, which is a third slower where couplings come from memory.
const prefetchAhead = 192

// fieldName tells the kernels for states of -1, 0 and +1 from those for any states.
func fieldName(exact bool) string {
	if exact {
		return "denseField"
	}
	return "denseRealField"
}

// denseField4 keeps 4 samples x 24, 16 or 8 receivers in registers and walks the
// senders; senders > 0.
func denseField4(exact bool) {
	name := fieldName(exact) + "4AVX2"
	TEXT(name, NOSPLIT, "func(f0, f1, f2, f3, s0, s1, s2, s3, couplings *float32, stride, senders, receivers int)")
	Pragma("noescape")
	Doc(name + " adds couplings times 4 states to 4 fields; receivers is a multiple of 8.")
	fields := []reg.Register{pointer("f0"), pointer("f1"), pointer("f2"), pointer("f3")}
	states := []reg.Register{pointer("s0"), pointer("s1"), pointer("s2"), pointer("s3")}
	couplings, stride, receivers := pointer("couplings"), pointer("stride"), pointer("receivers")
	SHLQ(U8(2), stride)
	// States are addressed from their end, so that the counter ends at zero.
	senders := pointer("senders")
	for _, s := range states {
		LEAQ(Mem{Base: s, Index: senders, Scale: 4}, s)
	}
	row, j := GP64(), GP64()
	for _, block := range []int{3, 2, 1} {
		name := "receivers" + string(rune('0'+8*block/10)) + string(rune('0'+8*block%10))
		Label(name)
		CMPQ(receivers, U8(8*block))
		JLT(LabelRef(name + "done"))
		sums := vectors(4 * block)
		for q, f := range fields {
			for v := range block {
				VMOVUPS(Mem{Base: f, Disp: 32 * v}, sums[q*block+v])
			}
		}
		MOVQ(couplings, row)
		j = Load(Param("senders"), GP64()).(reg.GPVirtual)
		NEGQ(j)
		Label(name + "sender")
		// Registers do not suffice for couplings and products.
		c := make([]Op, block)
		for v := range block {
			c[v] = Mem{Base: row, Disp: 32 * v}
			if exact {
				c[v] = YMM()
				VMOVUPS(Mem{Base: row, Disp: 32 * v}, c[v])
			}
		}
		if block == 3 {
			// The rows are far apart, which the processor's own prefetching does not
			// follow: ask for those of receivers to come.
			PREFETCHT1(Mem{Base: row, Disp: prefetchAhead})
			PREFETCHT1(Mem{Base: row, Disp: prefetchAhead + 64})
		}
		for q, s := range states {
			value := YMM()
			VBROADCASTSS(Mem{Base: s, Index: j, Scale: 4}, value)
			for v := range block {
				addProduct(exact, c[v], value, sums[q*block+v], YMM)
			}
		}
		ADDQ(stride, row)
		INCQ(j)
		JNZ(LabelRef(name + "sender"))
		for q, f := range fields {
			for v := range block {
				VMOVUPS(sums[q*block+v], Mem{Base: f, Disp: 32 * v})
			}
			ADDQ(U8(32*block), f)
		}
		ADDQ(U8(32*block), couplings)
		SUBQ(U8(8*block), receivers)
		JMP(LabelRef(name))
		Label(name + "done")
	}
	VZEROUPPER()
	RET()
}

// denseField1 is denseField4 for one sample: 64 receivers in registers.
func denseField1(exact bool) {
	name := fieldName(exact) + "1AVX2"
	TEXT(name, NOSPLIT, "func(field, state, couplings *float32, stride, senders, receivers int)")
	Pragma("noescape")
	Doc(name + " adds couplings times one state to a field; receivers is a multiple of 8.")
	f, s, couplings := pointer("field"), pointer("state"), pointer("couplings")
	stride, senders, receivers := pointer("stride"), pointer("senders"), pointer("receivers")
	SHLQ(U8(2), stride)
	row, j := GP64(), GP64()
	for _, block := range []int{8, 1} {
		name := []string{"", "eight", "", "", "", "", "", "", "sixtyfour"}[block]
		Label(name)
		CMPQ(receivers, U8(8*block))
		JLT(LabelRef(name + "done"))
		sums := vectors(block)
		for v := range block {
			VMOVUPS(Mem{Base: f, Disp: 32 * v}, sums[v])
		}
		MOVQ(couplings, row)
		XORQ(j, j)
		Label(name + "sender")
		value := YMM()
		VBROADCASTSS(Mem{Base: s, Index: j, Scale: 4}, value)
		for v := range block {
			addProduct(exact, Mem{Base: row, Disp: 32 * v}, value, sums[v], YMM)
		}
		ADDQ(stride, row)
		INCQ(j)
		CMPQ(j, senders)
		JLT(LabelRef(name + "sender"))
		for v := range block {
			VMOVUPS(sums[v], Mem{Base: f, Disp: 32 * v})
		}
		ADDQ(U32(32*block), f)
		ADDQ(U32(32*block), couplings)
		SUBQ(U8(8*block), receivers)
		JMP(LabelRef(name))
		Label(name + "done")
	}
	VZEROUPPER()
	RET()
}

// denseFlips keeps 64 receivers in registers and walks the flipped senders.
func denseFlips() {
	TEXT("denseFlipsAVX2", NOSPLIT, "func(field, state, couplings *float32, stride int, flipped *int32, count, receivers int)")
	Pragma("noescape")
	Doc("denseFlipsAVX2 adds twice the rows of the flipped senders to a field; receivers is a multiple of 8.")
	f, s, couplings := pointer("field"), pointer("state"), pointer("couplings")
	stride, flipped, count, receivers := pointer("stride"), pointer("flipped"), pointer("count"), pointer("receivers")
	SHLQ(U8(2), stride)
	j, q := GP64(), GP64()
	for _, block := range []int{8, 1} {
		name := []string{"", "eight", "", "", "", "", "", "", "sixtyfour"}[block]
		Label(name)
		CMPQ(receivers, U8(8*block))
		JLT(LabelRef(name + "done"))
		sums := vectors(block)
		for v := range block {
			VMOVUPS(Mem{Base: f, Disp: 32 * v}, sums[v])
		}
		XORQ(q, q)
		Label(name + "flip")
		value := YMM()
		MOVLQSX(Mem{Base: flipped, Index: q, Scale: 4}, j)
		VBROADCASTSS(Mem{Base: s, Index: j, Scale: 4}, value)
		VADDPS(value, value, value)
		IMULQ(stride, j)
		ADDQ(couplings, j)
		for v := range block {
			VFMADD231PS(Mem{Base: j, Disp: 32 * v}, value, sums[v])
		}
		INCQ(q)
		CMPQ(q, count)
		JLT(LabelRef(name + "flip"))
		for v := range block {
			VMOVUPS(sums[v], Mem{Base: f, Disp: 32 * v})
		}
		ADDQ(U32(32*block), f)
		ADDQ(U32(32*block), couplings)
		SUBQ(U8(8*block), receivers)
		JMP(LabelRef(name))
		Label(name + "done")
	}
	VZEROUPPER()
	RET()
}
