package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

var shiftsDefined Mem

// signShifts returns the vector of shifts that move bit b of a byte to the sign of
// lane b.
func signShifts() Mem {
	if shiftsDefined.Symbol.Name == "" {
		shiftsDefined = GLOBL("signShifts", RODATA|NOPTR)
		for b := range 8 {
			DATA(4*b, U32(31-b))
		}
	}
	return shiftsDefined
}

// sparseFieldSignature is that of the kernels that multiply sparse couplings with signs.
const sparseFieldSignature = "func(lanes *float32, start, sender *int32, value *float32, signs *uint16, from, to int)"

// sparseField moves the signs of 8 samples, half of a word, to the sign bits of a vector.
func sparseField(groups int) {
	name := fmt.Sprintf("sparseField%dAVX2", 8*groups)
	shiftsAt := signShifts()
	TEXT(name, NOSPLIT, sparseFieldSignature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s sums the couplings of receivers from..to over the signs of %d samples.", name, 8*groups))
	lanes, sender, value, signs := pointer("lanes"), pointer("sender"), pointer("value"), pointer("signs")
	shifts, signBit := YMM(), YMM()
	VMOVDQU(shiftsAt, shifts)
	VPCMPEQD(signBit, signBit, signBit)
	VPSLLD(U8(31), signBit, signBit)
	j := GP64()
	receivers([2][]reg.VecVirtual{vectors(groups), vectors(groups)}, clearNarrow,
		func(e reg.Register, sums []reg.VecVirtual) {
			MOVLQSX(Mem{Base: sender, Index: e, Scale: 4}, j)
			coupling := YMM()
			VBROADCASTSS(Mem{Base: value, Index: e, Scale: 4}, coupling)
			for g, sum := range sums {
				word := YMM()
				VPBROADCASTB(Mem{Base: signs, Index: j, Scale: 2, Disp: g}, word)
				VPSLLVD(shifts, word, word)
				VPAND(signBit, word, word)
				VPXOR(coupling, word, word)
				VADDPS(word, sum, sum)
			}
		},
		func(sums []reg.VecVirtual) { storeLanes(lanes, sums, 32) })
}

// prefetchEntries is how far ahead of a receiver's couplings others are asked for.
const prefetchEntries = 256

// sparseFieldWide takes the signs of 16 samples as a mask and turns the coupling's sign
// where it is set. It goes receiver by receiver, four couplings at a time: with some 20
// each, the processor has the next two in flight by itself.
func sparseFieldWide() {
	TEXT("sparseField16AVX512", NOSPLIT, sparseFieldSignature)
	Pragma("noescape")
	Doc("sparseField16AVX512 sums the couplings of receivers from..to over the signs of 16 samples.")
	lanes, start, sender, value, signs := pointer("lanes"), pointer("start"), pointer("sender"), pointer("value"), pointer("signs")
	i, to := pointer("from"), pointer("to")
	signBit, bit := ZMM(), GP32()
	MOVL(U32(1<<31), bit)
	VPBROADCASTD(bit, signBit)
	e, end, sum := GP64(), GP64(), ZMM()
	entries := func(count int) {
		for n := range count {
			j, coupling, mask := GP64(), ZMM(), K()
			MOVLQSX(Mem{Base: sender, Index: e, Scale: 4, Disp: 4 * n}, j)
			VBROADCASTSS(Mem{Base: value, Index: e, Scale: 4, Disp: 4 * n}, coupling)
			KMOVW(Mem{Base: signs, Index: j, Scale: 2}, mask)
			VPXORD(signBit, coupling, mask, coupling)
			VADDPS(coupling, sum, sum)
		}
		ADDQ(U8(count), e)
	}
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4}, e)
	Label("receiver")
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4, Disp: 4}, end)
	PREFETCHT0(Mem{Base: sender, Index: e, Scale: 4, Disp: 4 * prefetchEntries})
	PREFETCHT0(Mem{Base: value, Index: e, Scale: 4, Disp: 4 * prefetchEntries})
	VPXORD(sum, sum, sum)
	SUBQ(U8(4), end)
	CMPQ(e, end)
	JGT(LabelRef("few"))
	Label("four")
	entries(4)
	CMPQ(e, end)
	JLE(LabelRef("four"))
	Label("few")
	ADDQ(U8(4), end)
	CMPQ(e, end)
	JGE(LabelRef("store"))
	Label("one")
	entries(1)
	CMPQ(e, end)
	JLT(LabelRef("one"))
	Label("store")
	VMOVUPS(sum, Mem{Base: lanes})
	ADDQ(U8(64), lanes)
	INCQ(i)
	CMPQ(i, to)
	JLT(LabelRef("receiver"))
	VZEROUPPER()
	RET()
}

// shortWords joins the bytes of one or two planes to words, 16 at a time.
func shortWords(groups int) {
	name := fmt.Sprintf("shortWords%dAVX2", 8*groups)
	signature := "func(words *uint16, plane0 *uint8, blocks int)"
	if groups == 2 {
		signature = "func(words *uint16, plane0, plane1 *uint8, blocks int)"
	}
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s joins the planes of %d samples in blocks of 16 neurons; blocks > 0.", name, 8*groups))
	words, blocks := pointer("words"), pointer("blocks")
	planes := []reg.Register{pointer("plane0")}
	if groups == 2 {
		planes = append(planes, pointer("plane1"))
	}
	Label("block")
	word, high := YMM(), YMM()
	VPMOVZXBW(Mem{Base: planes[0]}, word)
	if groups == 2 {
		VPMOVZXBW(Mem{Base: planes[1]}, high)
		VPSLLW(U8(8), high, high)
		VPOR(high, word, word)
	}
	VMOVDQU(word, Mem{Base: words})
	for _, plane := range planes {
		ADDQ(U8(16), plane)
	}
	ADDQ(U8(32), words)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// planeNarrow does what plane does, 32 neurons at a time: it spreads four bytes of a mask over the
// lanes, takes its bit in each, and shifts it into the bytes of the neurons.
func planeNarrow() {
	spreadAt := GLOBL("planeSpread", RODATA|NOPTR)
	for i := range 32 {
		DATA(i, U8(i/8))
	}
	TEXT("planeAVX2", NOSPLIT, "func(plane *uint8, masks *[]uint8, blocks int)")
	Pragma("noescape")
	Doc("planeAVX2 writes the bits of 8 masks by neuron, in blocks of 32; blocks > 0.")
	to, list, blocks, at := pointer("plane"), pointer("masks"), pointer("blocks"), GP64()
	var masks [8]reg.GPVirtual
	for b := range masks {
		masks[b] = GP64()
		MOVQ(Mem{Base: list, Disp: 24 * b}, masks[b])
	}
	spread, select8, x := YMM(), YMM(), XMM()
	VMOVDQU(spreadAt, spread)
	bits := GP64()
	MOVQ(U64(0x8040201008040201), bits)
	VMOVQ(bits, x)
	VPBROADCASTQ(x, select8)
	XORQ(at, at)
	Label("block")
	sum := YMM()
	for b := len(masks) - 1; b >= 0; b-- {
		lanes := YMM()
		VPBROADCASTD(Mem{Base: masks[b], Index: at, Scale: 4}, lanes)
		VPSHUFB(spread, lanes, lanes)
		VPAND(select8, lanes, lanes)
		VPCMPEQB(select8, lanes, lanes) // -1 where the bit is set
		if b == len(masks)-1 {
			VPXOR(sum, sum, sum)
		} else {
			VPADDB(sum, sum, sum)
		}
		VPSUBB(lanes, sum, sum)
	}
	VMOVDQU(sum, Mem{Base: to})
	ADDQ(U8(32), to)
	INCQ(at)
	CMPQ(at, blocks)
	JLT(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// plane adds 1 << b to the bytes of the neurons whose bit is set in mask b, 64 at a time.
func plane() {
	TEXT("planeAVX512", NOSPLIT, "func(plane *uint8, masks *[]uint8, blocks int)")
	Pragma("noescape")
	Doc("planeAVX512 writes the bits of 8 masks by neuron, in blocks of 64; blocks > 0.")
	to, list, blocks, at := pointer("plane"), pointer("masks"), pointer("blocks"), GP64()
	var masks [8]reg.GPVirtual
	var bits [8]reg.VecVirtual
	value := GP32()
	for b := range masks {
		masks[b], bits[b] = GP64(), ZMM()
		MOVQ(Mem{Base: list, Disp: 24 * b}, masks[b])
		MOVL(U32(1<<b), value)
		VPBROADCASTB(value, bits[b])
	}
	XORQ(at, at)
	Label("block")
	sum := ZMM()
	for b, mask := range masks {
		k := K()
		KMOVQ(Mem{Base: mask, Index: at, Scale: 8}, k)
		if b == 0 {
			VMOVDQU8_Z(bits[b], k, sum)
		} else {
			VPADDB(bits[b], sum, k, sum)
		}
	}
	VMOVDQU32(sum, Mem{Base: to})
	ADDQ(U8(64), to)
	INCQ(at)
	CMPQ(at, blocks)
	JLT(LabelRef("block"))
	VZEROUPPER()
	RET()
}
