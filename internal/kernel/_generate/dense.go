package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// prefetchAhead is how far ahead of the receivers at work their successors are asked
// for, in bytes: 4 times the 24 receivers in registers.
const prefetchAhead = 384

// denseField4 keeps 4 samples x 24, 16 or 8 receivers in registers and walks the
// senders; senders > 0.
func denseField4() {
	TEXT("denseField4AVX2", NOSPLIT, "func(f0, f1, f2, f3, s0, s1, s2, s3, couplings *float32, stride, senders, receivers int)")
	Pragma("noescape")
	Doc("denseField4AVX2 adds couplings times 4 states to 4 fields; receivers is a multiple of 8.")
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
		c := vectors(block)
		for v := range block {
			VMOVUPS(Mem{Base: row, Disp: 32 * v}, c[v])
		}
		if block == 3 {
			// The rows are far apart, which the processor's own prefetching does not
			// follow: ask for those of receivers to come.
			PREFETCHT0(Mem{Base: row, Disp: prefetchAhead})
			PREFETCHT0(Mem{Base: row, Disp: prefetchAhead + 64})
		}
		for q, s := range states {
			value := YMM()
			VBROADCASTSS(Mem{Base: s, Index: j, Scale: 4}, value)
			for v := range block {
				VFMADD231PS(c[v], value, sums[q*block+v])
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
func denseField1() {
	TEXT("denseField1AVX2", NOSPLIT, "func(field, state, couplings *float32, stride, senders, receivers int)")
	Pragma("noescape")
	Doc("denseField1AVX2 adds couplings times one state to a field; receivers is a multiple of 8.")
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
			VFMADD231PS(Mem{Base: row, Disp: 32 * v}, value, sums[v])
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

// nibbleCounts is the table of the population counts of 4 bits, twice.
func nibbleCounts() Mem {
	table := GLOBL("nibbleCounts", RODATA|NOPTR)
	for i := range 32 {
		n := i % 16
		DATA(i, U8(n&1+n>>1&1+n>>2&1+n>>3&1))
	}
	return table
}

// agreementRow counts with byte-wise population counts: a nibble table and two
// shuffles per plane of 32 receivers.
func agreementRow(table Mem) {
	TEXT("agreementRowAVX2", NOSPLIT, "func(counts, initial *int16, unstable, signs *[]uint8, planes, sender, from, blocks int)")
	Pragma("noescape")
	Doc("agreementRowAVX2 writes counts[i] = initial[i] + 2 * (samples where receiver from+i is unstable and agrees with the sender), for blocks of 32 receivers and at most 31 planes.")
	counts, initial := pointer("counts"), pointer("initial")
	sender, at, blocks := pointer("sender"), pointer("from"), pointer("blocks")
	nibbles, low := YMM(), YMM()
	VMOVDQU(table, nibbles)
	fifteen := GP32()
	MOVL(U32(0x0f0f0f0f), fifteen)
	x := XMM()
	VMOVD(fifteen, x)
	VPBROADCASTD(x, low)
	Label("block")
	agree := zero()
	unstable, signs, planes := pointer("unstable"), pointer("signs"), pointer("planes")
	Label("plane")
	u, s := GP64(), GP64()
	MOVQ(Mem{Base: unstable}, u)
	MOVQ(Mem{Base: signs}, s)
	mine, word := YMM(), YMM()
	VPBROADCASTB(Mem{Base: s, Index: sender, Scale: 1}, mine)
	VPXOR(Mem{Base: s, Index: at, Scale: 1}, mine, word)
	VPANDN(Mem{Base: u, Index: at, Scale: 1}, word, word)
	high := YMM()
	VPSRLW(U8(4), word, high)
	VPAND(low, word, word)
	VPAND(low, high, high)
	VPSHUFB(word, nibbles, word)
	VPSHUFB(high, nibbles, high)
	VPADDB(word, agree, agree)
	VPADDB(high, agree, agree)
	ADDQ(U8(24), unstable)
	ADDQ(U8(24), signs)
	DECQ(planes)
	JNZ(LabelRef("plane"))
	for half := range 2 {
		part, wide := XMM(), YMM()
		VEXTRACTI128(U8(half), agree, part)
		VPMOVZXBW(part, wide)
		VPADDW(wide, wide, wide)
		VPADDW(Mem{Base: initial, Disp: 32 * half}, wide, wide)
		VMOVDQU(wide, Mem{Base: counts, Disp: 32 * half})
	}
	ADDQ(U8(64), counts)
	ADDQ(U8(64), initial)
	ADDQ(U8(32), at)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// addCounts turns counts into increments.
func addCounts() {
	TEXT("addCountsAVX2", NOSPLIT, "func(row *float32, counts *int16, step float32, blocks int)")
	Pragma("noescape")
	Doc("addCountsAVX2 adds step * counts[i] to row[i] for blocks of 16 values.")
	row, counts, step, blocks := pointer("row"), pointer("counts"), broadcast("step"), pointer("blocks")
	Label("block")
	for half := range 2 {
		v := YMM()
		VPMOVSXWD(Mem{Base: counts, Disp: 16 * half}, v)
		VCVTDQ2PS(v, v)
		VMULPS(step, v, v)
		VADDPS(Mem{Base: row, Disp: 32 * half}, v, v)
		VMOVUPS(v, Mem{Base: row, Disp: 32 * half})
	}
	ADDQ(U8(64), row)
	ADDQ(U8(32), counts)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
