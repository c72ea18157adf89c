package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	lessThan     = 1 // ordered comparison predicates of VCMPPS, signalling
	lessOrEquals = 2
)

// sign writes 1.0 with the bit "field < 0" moved to its sign.
func sign() {
	TEXT("signAVX2", NOSPLIT, "func(state, field *float32, blocks int)")
	Pragma("noescape")
	Doc("signAVX2 writes the signs of blocks of 8 fields.")
	state, f, blocks := pointer("state"), pointer("field"), pointer("blocks")
	none, one, bit := zero(), YMM(), YMM()
	ones := GP32()
	MOVL(U32(0x3f800000), ones)
	x := XMM()
	VMOVD(ones, x)
	VPBROADCASTD(x, one)
	VPCMPEQD(bit, bit, bit)
	VPSLLD(U8(31), bit, bit)
	Label("block")
	v := YMM()
	VMOVUPS(Mem{Base: f}, v)
	VCMPPS(U8(lessThan), none, v, v)
	VANDPS(bit, v, v)
	VORPS(one, v, v)
	VMOVUPS(v, Mem{Base: state})
	ADDQ(U8(32), f)
	ADDQ(U8(32), state)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// neuronField leaves (scale * recurrent + static) + self * state of 8 neurons in a
// register, and their state in another. self * state is exact, so it may be fused.
func neuronField(recurrent, static, state reg.Register, at reg.Register, disp int, scale, self reg.VecVirtual) (h, s reg.VecVirtual) {
	h, s = YMM(), YMM()
	VMULPS(Mem{Base: recurrent, Index: at, Scale: 4, Disp: disp}, scale, h)
	VADDPS(Mem{Base: static, Index: at, Scale: 4, Disp: disp}, h, h)
	VMOVUPS(Mem{Base: state, Index: at, Scale: 4, Disp: disp}, s)
	VFMADD231PS(s, self, h)
	return h, s
}

// sweep compares the signs of fields and states, 16 neurons a round.
func sweep() {
	TEXT("sweepAVX2", NOSPLIT, "func(flips *uint8, recurrent, static, state *float32, scale, self float32, neurons int)")
	Pragma("noescape")
	Doc("sweepAVX2 marks the neurons that would flip; neurons is a multiple of 16.")
	flips, recurrent, static, state := pointer("flips"), pointer("recurrent"), pointer("static"), pointer("state")
	scale, self, neurons := broadcast("scale"), broadcast("self"), pointer("neurons")
	none := zero()
	at := GP64()
	XORQ(at, at)
	Label("block")
	var word [2]reg.GPVirtual
	for half := range 2 {
		h, s := neuronField(recurrent, static, state, at, 32*half, scale, self)
		VCMPPS(U8(lessThan), none, h, h)
		VXORPS(s, h, h)
		word[half] = GP32()
		VMOVMSKPS(h, word[half])
	}
	SHLL(U8(8), word[1])
	ORL(word[1], word[0])
	MOVW(word[0].As16(), Mem{Base: flips})
	ADDQ(U8(2), flips)
	ADDQ(U8(16), at)
	CMPQ(at, neurons)
	JLT(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// field stores the fields that sweep compares.
func field() {
	TEXT("fieldAVX2", NOSPLIT, "func(field, recurrent, static, state *float32, scale, self float32, neurons int)")
	Pragma("noescape")
	Doc("fieldAVX2 writes the fields of the neurons; neurons is a multiple of 8.")
	f, recurrent, static, state := pointer("field"), pointer("recurrent"), pointer("static"), pointer("state")
	scale, self, neurons := broadcast("scale"), broadcast("self"), pointer("neurons")
	at := GP64()
	XORQ(at, at)
	Label("block")
	h, _ := neuronField(recurrent, static, state, at, 0, scale, self)
	VMOVUPS(h, Mem{Base: f, Index: at, Scale: 4})
	ADDQ(U8(8), at)
	CMPQ(at, neurons)
	JLT(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// unstable compares state * field with the margin.
func unstable() {
	TEXT("unstableAVX2", NOSPLIT, "func(mask *uint8, field, state *float32, kappa float32, blocks int)")
	Pragma("noescape")
	Doc("unstableAVX2 marks the neurons of blocks of 8 whose margin is at most kappa.")
	mask, f, state, kappa, blocks := pointer("mask"), pointer("field"), pointer("state"), broadcast("kappa"), pointer("blocks")
	Label("block")
	v := YMM()
	VMOVUPS(Mem{Base: f}, v)
	VMULPS(Mem{Base: state}, v, v)
	VCMPPS(U8(lessOrEquals), kappa, v, v)
	word := GP32()
	VMOVMSKPS(v, word)
	MOVB(word.As8(), Mem{Base: mask})
	INCQ(mask)
	ADDQ(U8(32), f)
	ADDQ(U8(32), state)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// signs collects sign bits.
func signs() {
	TEXT("signsAVX2", NOSPLIT, "func(mask *uint8, state *float32, blocks int)")
	Pragma("noescape")
	Doc("signsAVX2 marks the neurons of blocks of 8 that are below zero.")
	mask, state, blocks := pointer("mask"), pointer("state"), pointer("blocks")
	none := zero()
	Label("block")
	v := YMM()
	VMOVUPS(Mem{Base: state}, v)
	VCMPPS(U8(lessThan), none, v, v)
	word := GP32()
	VMOVMSKPS(v, word)
	MOVB(word.As8(), Mem{Base: mask})
	INCQ(mask)
	ADDQ(U8(32), state)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// expand turns bits into signs, 8 neurons a round: the byte goes to every lane and its
// bit of the lane to the sign.
func expand(shifts Mem) {
	TEXT("expandAVX2", NOSPLIT, "func(state *float32, mask *uint8, blocks int)")
	Pragma("noescape")
	Doc("expandAVX2 writes the states of blocks of 8 neurons.")
	state, mask, blocks := pointer("state"), pointer("mask"), pointer("blocks")
	lanes, bit, one := YMM(), YMM(), YMM()
	VMOVDQU(shifts, lanes)
	VPCMPEQD(bit, bit, bit)
	VPSLLD(U8(31), bit, bit)
	ones, x := GP32(), XMM()
	MOVL(U32(0x3f800000), ones)
	VMOVD(ones, x)
	VPBROADCASTD(x, one)
	Label("block")
	v := YMM()
	VPBROADCASTB(Mem{Base: mask}, v)
	VPSLLVD(lanes, v, v)
	VPAND(bit, v, v)
	VPOR(one, v, v)
	VMOVDQU(v, Mem{Base: state})
	INCQ(mask)
	ADDQ(U8(32), state)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// unpack transposes 8 neurons x 8 samples in registers.
func unpack() {
	TEXT("unpackAVX2", NOSPLIT, "func(rows *[]float32, at int, lanes *float32, width, blocks int)")
	Pragma("noescape")
	Doc("unpackAVX2 writes blocks of 8 neurons of 8 lanes to 8 rows; lanes of one neuron are width values apart.")
	rows, at, lanes, width, blocks := pointer("rows"), pointer("at"), pointer("lanes"), pointer("width"), pointer("blocks")
	SHLQ(U8(2), width)
	Label("block")
	r := vectors(8)
	for i := range r {
		VMOVUPS(Mem{Base: lanes}, r[i])
		ADDQ(width, lanes)
	}
	t := vectors(8)
	for p := range 4 {
		VUNPCKLPS(r[2*p+1], r[2*p], t[2*p])
		VUNPCKHPS(r[2*p+1], r[2*p], t[2*p+1])
	}
	u := vectors(8)
	for half := range 2 {
		for p := range 2 {
			a, b := t[4*half+p], t[4*half+2+p]
			VSHUFPS(U8(0x44), b, a, u[4*half+2*p])
			VSHUFPS(U8(0xee), b, a, u[4*half+2*p+1])
		}
	}
	row := GP64()
	for b := range 8 {
		out := YMM()
		selector := 0x20
		if b >= 4 {
			selector = 0x31
		}
		VPERM2F128(U8(selector), u[4+b%4], u[b%4], out)
		MOVQ(Mem{Base: rows, Disp: 24 * b}, row)
		VMOVUPS(out, Mem{Base: row, Index: at, Scale: 4})
	}
	ADDQ(U8(8), at)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// readoutPlasticity keeps 4 neurons x 16 classes in registers and walks the samples.
func readoutPlasticity(exact bool) {
	name := "readoutRealPlasticityAVX2"
	if exact {
		name = "readoutPlasticityAVX2"
	}
	TEXT(name, NOSPLIT, "func(couplings *float32, stride int, states, steps *[]float32, samples, neuron, class int, keep, rate float32)")
	Pragma("noescape")
	Doc(name + " changes the couplings of 4 neurons from neuron and 16 classes from class; samples > 0.")
	couplings, stride := pointer("couplings"), pointer("stride")
	states, steps, samples, i, c := pointer("states"), pointer("steps"), pointer("samples"), pointer("neuron"), pointer("class")
	keep, rate := broadcast("keep"), broadcast("rate")
	sums := vectors(8)
	for _, s := range sums {
		VXORPS(s, s, s)
	}
	Label("sample")
	state, step := GP64(), GP64()
	MOVQ(Mem{Base: states}, state)
	MOVQ(Mem{Base: steps}, step)
	w := vectors(2)
	for g := range w {
		VMOVUPS(Mem{Base: step, Index: c, Scale: 4, Disp: 32 * g}, w[g])
	}
	for n := range 4 {
		s := YMM()
		VBROADCASTSS(Mem{Base: state, Index: i, Scale: 4, Disp: 4 * n}, s)
		for g := range w {
			addProduct(exact, w[g], s, sums[2*n+g], YMM)
		}
	}
	ADDQ(U8(24), states)
	ADDQ(U8(24), steps)
	DECQ(samples)
	JNZ(LabelRef("sample"))
	SHLQ(U8(2), stride)
	IMULQ(stride, i)
	ADDQ(i, couplings)
	LEAQ(Mem{Base: couplings, Index: c, Scale: 4}, couplings)
	for n := range 4 {
		for g := range 2 {
			v := YMM()
			VMULPS(Mem{Base: couplings, Disp: 32 * g}, keep, v)
			VMULPS(rate, sums[2*n+g], sums[2*n+g])
			VADDPS(sums[2*n+g], v, v)
			VMOVUPS(v, Mem{Base: couplings, Disp: 32 * g})
		}
		ADDQ(stride, couplings)
	}
	VZEROUPPER()
	RET()
}

// add sums two vectors.
func add() {
	TEXT("addAVX2", NOSPLIT, "func(sum, a, b *float32, blocks int)")
	Pragma("noescape")
	Doc("addAVX2 adds blocks of 8 values.")
	sum, a, b, blocks := pointer("sum"), pointer("a"), pointer("b"), pointer("blocks")
	Label("block")
	v := YMM()
	VMOVUPS(Mem{Base: a}, v)
	VADDPS(Mem{Base: b}, v, v)
	VMOVUPS(v, Mem{Base: sum})
	ADDQ(U8(32), sum)
	ADDQ(U8(32), a)
	ADDQ(U8(32), b)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// average moves a running mean, 8 values a round.
func average() {
	TEXT("averageAVX2", NOSPLIT, "func(average, value *float32, rate float32, blocks int)")
	Pragma("noescape")
	Doc("averageAVX2 moves blocks of 8 averages towards their values.")
	mean, value, rate, blocks := pointer("average"), pointer("value"), broadcast("rate"), pointer("blocks")
	Label("block")
	m, v := YMM(), YMM()
	VMOVUPS(Mem{Base: mean}, m)
	VMOVUPS(Mem{Base: value}, v)
	VSUBPS(m, v, v)
	VMULPS(rate, v, v)
	VADDPS(v, m, m)
	VMOVUPS(m, Mem{Base: mean})
	ADDQ(U8(32), mean)
	ADDQ(U8(32), value)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// peak keeps 12 independent sums busy: what the fused units can do at most.
func peak() {
	TEXT("peakAVX2", NOSPLIT, "func(rounds int)")
	Pragma("noescape")
	Doc("peakAVX2 runs rounds of 12 independent vector fused multiply-adds.")
	rounds := pointer("rounds")
	sums := vectors(12)
	for _, s := range sums {
		VXORPS(s, s, s)
	}
	a := zero()
	Label("round")
	for _, s := range sums {
		VFMADD231PS(a, a, s)
	}
	DECQ(rounds)
	JNZ(LabelRef("round"))
	VZEROUPPER()
	RET()
}
