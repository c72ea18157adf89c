package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// integers are the parameters of the kernels of integer couplings: from the first block on, in
// place of from. A quad has one block of 64 bytes of weights.
const integers = "func(fields *[]float32, at int, inputs *uint8, start, quad *int32, weight *int8, constant *int32, unit *float32, blocks int)"

// integerBlocks emits a loop over blocks of receivers. begin is called with where the constants
// of a block are, rest emits the sum over the quads e..end, which it counts, and store is
// called with where the units are and by how many bytes the fields have moved.
func integerBlocks(begin func(constant Mem), sum func(e, end, quads, weights reg.Register), store func(unit Mem, at reg.Register)) {
	start, quads, weights := pointer("start"), pointer("quad"), pointer("weight")
	constant, unit, at, left := pointer("constant"), pointer("unit"), pointer("at"), pointer("blocks")
	SHLQ(U8(2), at)
	Label("block")
	begin(Mem{Base: constant})
	e, end := GP64(), GP64()
	MOVLQSX(Mem{Base: start}, e)
	MOVLQSX(Mem{Base: start, Disp: 4}, end)
	sum(e, end, quads, weights)
	store(Mem{Base: unit}, at)
	for _, p := range []reg.Register{constant, unit, at} {
		ADDQ(U8(64), p)
	}
	ADDQ(U8(4), start)
	DECQ(left)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// dot is VPDPBUSD, which the library does not know: it adds to every sum of 32 bits the products
// of four weights with four bytes.
func dot(weights, bytes Op, sum reg.VecVirtual) {
	Instruction(&ir.Instruction{
		Opcode: "VPDPBUSD", Operands: []Op{weights, bytes, sum}, Inputs: []Op{weights, bytes, sum}, Outputs: []Op{sum},
		ISA: []string{"AVX512_VNNI"},
	})
}

// integerInputWide keeps 16 receivers of 8 samples in registers, or of one sample four sums for
// each, since a sum waits for its own additions.
func integerInputWide(samples int) {
	name := map[int]string{1: "integerInput1AVX512", 8: "integerInput8AVX512"}[samples]
	TEXT(name, NOSPLIT, integers)
	Pragma("noescape")
	Doc(name + " multiplies blocks of 16 receivers with bytes; quads are numbered from the first of weight.")
	inputs, fields := pointer("inputs"), pointer("fields")
	sums := wideVectors(max(samples, 4))
	integerBlocks(func(constant Mem) {
		VMOVDQU32(constant, sums[0])
		for _, sum := range sums[1:] {
			if samples == 1 {
				VPXORD(sum, sum, sum)
			} else {
				VMOVDQA32(sums[0], sum)
			}
		}
	}, func(e, end, quads, weights reg.Register) {
		w, q := GP64(), GP64()
		MOVQ(e, w)
		SHLQ(U8(6), w)
		ADDQ(weights, w)
		one := func(n int) {
			MOVLQSX(Mem{Base: quads, Index: e, Scale: 4, Disp: 4 * n}, q)
			if samples == 1 {
				x := ZMM()
				VPBROADCASTD(Mem{Base: inputs, Index: q, Scale: 4}, x)
				dot(Mem{Base: w, Disp: 64 * n}, x, sums[n])
				return
			}
			v := ZMM()
			VMOVDQU32(Mem{Base: w, Disp: 64 * n}, v)
			SHLQ(U8(5), q)
			for s, sum := range sums {
				x := ZMM()
				VPBROADCASTD(Mem{Base: inputs, Index: q, Scale: 1, Disp: 4 * s}, x)
				dot(v, x, sum)
			}
		}
		if samples == 1 {
			four := GP64()
			Label("four")
			LEAQ(Mem{Base: e, Disp: 4}, four)
			CMPQ(four, end)
			JGT(LabelRef("quad"))
			for n := range 4 {
				one(n)
			}
			MOVQ(four, e)
			ADDQ(U32(256), w)
			JMP(LabelRef("four"))
		}
		Label("quad")
		CMPQ(e, end)
		JGE(LabelRef("store"))
		one(0)
		INCQ(e)
		ADDQ(U8(64), w)
		JMP(LabelRef("quad"))
		Label("store")
		if samples == 1 {
			VPADDD(sums[1], sums[0], sums[0])
			VPADDD(sums[3], sums[2], sums[2])
			VPADDD(sums[2], sums[0], sums[0])
		}
	}, func(unit Mem, at reg.Register) {
		u, field := ZMM(), GP64()
		VMOVUPS(unit, u)
		for s, sum := range sums[:samples] {
			VCVTDQ2PS(sum, sum)
			VMULPS(u, sum, sum)
			MOVQ(Mem{Base: fields, Disp: 24 * s}, field)
			VMOVUPS(sum, Mem{Base: field, Index: at, Scale: 1})
		}
	})
}

// integerInputNarrow keeps 16 receivers of 1 or 4 samples in registers, in two vectors each. Bytes
// at even and at odd places are multiplied apart, as numbers of 16 bits: pairs of products
// of bytes would not fit into these.
func integerInputNarrow(samples int) {
	name := map[int]string{1: "integerInput1AVX2", 4: "integerInput4AVX2"}[samples]
	TEXT(name, NOSPLIT, integers)
	Pragma("noescape")
	Doc(name + " multiplies blocks of 16 receivers with bytes; quads are numbered from the first of weight.")
	inputs, fields := pointer("inputs"), pointer("fields")
	sums := vectors(2 * samples)
	integerBlocks(func(constant Mem) {
		for s := range samples {
			VMOVDQU(constant, sums[2*s])
			VMOVDQU(constant.Offset(32), sums[2*s+1])
		}
	}, func(e, end, quads, weights reg.Register) {
		w, q := GP64(), GP64()
		MOVQ(e, w)
		SHLQ(U8(6), w)
		ADDQ(weights, w)
		Label("quad")
		CMPQ(e, end)
		JGE(LabelRef("store"))
		MOVLQSX(Mem{Base: quads, Index: e, Scale: 4}, q)
		if samples > 1 {
			SHLQ(U8(3), q) // 8 samples lie side by side
		}
		var even, odd [2]reg.VecVirtual
		for h := range 2 {
			even[h], odd[h] = YMM(), YMM()
			VMOVDQU(Mem{Base: w, Disp: 32 * h}, odd[h])
			VPSLLW(U8(8), odd[h], even[h])
			VPSRAW(U8(8), even[h], even[h])
			VPSRAW(U8(8), odd[h], odd[h])
		}
		for s := range samples {
			x, high, term := YMM(), YMM(), YMM()
			VPBROADCASTD(Mem{Base: inputs, Index: q, Scale: 4, Disp: 4 * s}, x)
			VPSRLW(U8(8), x, high)
			VPSLLW(U8(8), x, x)
			VPSRLW(U8(8), x, x)
			for h := range 2 {
				VPMADDWD(even[h], x, term)
				VPADDD(term, sums[2*s+h], sums[2*s+h])
				VPMADDWD(odd[h], high, term)
				VPADDD(term, sums[2*s+h], sums[2*s+h])
			}
		}
		INCQ(e)
		ADDQ(U8(64), w)
		JMP(LabelRef("quad"))
		Label("store")
	}, func(unit Mem, at reg.Register) {
		field := GP64()
		for s := range samples {
			MOVQ(Mem{Base: fields, Disp: 24 * s}, field)
			for h := range 2 {
				sum := sums[2*s+h]
				VCVTDQ2PS(sum, sum)
				VMULPS(unit.Offset(32*h), sum, sum)
				VMOVUPS(sum, Mem{Base: field, Index: at, Scale: 1, Disp: 32 * h})
			}
		}
	})
}

// bytes rounds 8 values, two quads, at a time.
func bytes() {
	TEXT("bytesAVX2", NOSPLIT, "func(bytes *uint8, apart int, x *float32, offset float32, blocks int)")
	Pragma("noescape")
	Doc("bytesAVX2 writes blocks of 8 values as bytes, the quads apart; blocks > 0.")
	to, apart, x, offset, blocks := pointer("bytes"), pointer("apart"), pointer("x"), broadcast("offset"), pointer("blocks")
	most, none := YMM(), zero()
	value := GP32()
	MOVL(U32(0x437f0000), value) // 255
	VMOVD(value, most.AsX())
	VBROADCASTSS(most.AsX(), most)
	Label("block")
	v := YMM()
	VADDPS(Mem{Base: x}, offset, v)
	VMAXPS(none, v, v) // none of what is not a number
	VMINPS(most, v, v)
	VCVTTPS2DQ(v, v)
	VPACKUSDW(v, v, v)
	VPACKUSWB(v, v, v)
	high := XMM()
	VEXTRACTI128(U8(1), v, high)
	VMOVD(v.AsX(), Mem{Base: to})
	VMOVD(high, Mem{Base: to, Index: apart, Scale: 1})
	LEAQ(Mem{Base: to, Index: apart, Scale: 2}, to)
	ADDQ(U8(32), x)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// widen turns 8 integers at a time into numbers.
func widen() {
	TEXT("widenAVX2", NOSPLIT, "func(values *float32, sums *int16, unit *float32, blocks int)")
	Pragma("noescape")
	Doc("widenAVX2 multiplies blocks of 8 integers with their units; blocks > 0.")
	values, sums, unit, blocks := pointer("values"), pointer("sums"), pointer("unit"), pointer("blocks")
	Label("block")
	v := YMM()
	VPMOVSXWD(Mem{Base: sums}, v)
	VCVTDQ2PS(v, v)
	VMULPS(Mem{Base: unit}, v, v)
	VMOVUPS(v, Mem{Base: values})
	ADDQ(U8(32), values)
	ADDQ(U8(16), sums)
	ADDQ(U8(32), unit)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
