package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// aheadReceivers is how many receivers of a list ahead couplings are asked for.
const aheadReceivers = 3

// laneMasks returns masks of single lanes, from the third to the eighth of a vector.
func laneMasks() (lanes [8]reg.OpmaskVirtual) {
	bit := GP32()
	for n := 2; n < 8; n++ {
		lanes[n] = K()
		MOVL(U32(1<<n), bit)
		KMOVW(bit, lanes[n])
	}
	return lanes
}

// collect reads 32 bits of each of 16 senders, from entry e on, out of each of some vectors
// into two registers: one by one, each into its lane by a mask, which costs half of the
// gather instruction.
func collect(sender, e reg.Register, vectors []reg.Register, scale uint8, lanes [8]reg.OpmaskVirtual) [][2]reg.VecVirtual {
	parts := make([][2]reg.VecVirtual, len(vectors))
	for n := range parts {
		parts[n] = [2]reg.VecVirtual{YMM(), YMM()}
	}
	for lane := 0; lane < 8; lane += 2 {
		for half := range 2 {
			first, second := GP64(), GP64()
			MOVQ(Mem{Base: sender, Index: e, Scale: 4, Disp: 4 * (8*half + lane)}, second)
			MOVL(second.As32(), first.As32())
			SHRQ(U8(32), second)
			for n, values := range vectors {
				v := parts[n][half]
				x, y := Mem{Base: values, Index: first, Scale: scale}, Mem{Base: values, Index: second, Scale: scale}
				if lane == 0 {
					VMOVSS(x, v.AsX())
					VINSERTPS(U8(16), y, v.AsX(), v.AsX())
					continue
				}
				VBROADCASTSS(x, lanes[lane], v)
				VBROADCASTSS(y, lanes[lane+1], v)
			}
		}
	}
	return parts
}

// addPresent adds the sums of 16 couplings from entry e on to those of them that a receiver
// has left.
func addPresent(value, e, left, every reg.Register, sum reg.VecVirtual) {
	present, mask, couplings := GP64(), K(), ZMM()
	MOVL(U32(16), present.As32())
	CMPQ(left, present)
	CMOVQLT(left, present)
	BZHIL(present.As32(), every, present.As32())
	KMOVW(present.As32(), mask)
	place := Mem{Base: value, Index: e, Scale: 4}
	VMOVUPS_Z(place, mask, couplings)
	VADDPS(couplings, sum, sum)
	VMOVUPS(sum, mask, place)
}

// sparsePlasticityShort walks the listed receivers, 16 couplings at a time. The last block of a
// receiver is cut off by a mask.
func sparsePlasticityShort(table Mem) {
	TEXT("sparsePlasticityShortAVX512", NOSPLIT, "func(value *float32, start, sender, list *int32, count int, unstable, signs, senderSigns *uint16, step float32)")
	Pragma("noescape")
	Doc("sparsePlasticityShortAVX512 adds the increments of the couplings that count > 0 listed receivers receive; it reads senders up to 15 places beyond theirs, the list up to 3, and senderSigns one.")
	value, start, sender, list, listed, senderSigns := pointer("value"), pointer("start"), pointer("sender"), pointer("list"), pointer("count"), pointer("senderSigns")
	step := wideBroadcast("step")
	nibbles, low, ones, constant := YMM(), YMM(), YMM(), GP32()
	VBROADCASTI128(table, nibbles)
	MOVL(U32(0x0f0f0f0f), constant)
	VPBROADCASTD(constant, low)
	MOVL(U32(0x01010101), constant)
	VPBROADCASTD(constant, ones)
	lanes := laneMasks()
	i, e, left, bits, every := GP64(), GP64(), GP64(), GP64(), GP32()
	MOVL(I32(-1), every)
	Label("receiver")
	MOVLQSX(Mem{Base: list, Disp: 4 * aheadReceivers}, i)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4}, i)
	for line := range 2 {
		PREFETCHT0(Mem{Base: sender, Index: i, Scale: 4, Disp: 64 * line})
		PREFETCHT0(Mem{Base: value, Index: i, Scale: 4, Disp: 64 * line})
	}
	MOVLQSX(Mem{Base: list}, i)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4}, e)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4, Disp: 4}, left)
	u, mine, all := YMM(), YMM(), YMM()
	words := pointer("unstable")
	MOVWLZX(Mem{Base: words, Index: i, Scale: 2}, bits.As32())
	VPBROADCASTD(bits.As32(), u)
	POPCNTL(bits.As32(), bits.As32())
	VPBROADCASTD(bits.As32(), all)
	words = pointer("signs")
	MOVWLZX(Mem{Base: words, Index: i, Scale: 2}, bits.As32())
	VPBROADCASTD(bits.As32(), mine)
	SUBQ(e, left)
	JLE(LabelRef("next"))
	Label("block")
	// Of the 32 bits from a sender's word on, u has the lower half.
	parts := collect(sender, e, []reg.Register{senderSigns}, 2, lanes)[0]
	for _, word := range parts {
		high := YMM()
		// Truth table over (word, mine, u), word the highest bit: u and word = mine.
		VPTERNLOGD(U8(0b10000010), u, mine, word)
		VPSRLW(U8(4), word, high)
		VPAND(low, word, word)
		VPAND(low, high, high)
		VPSHUFB(word, nibbles, word)
		VPSHUFB(high, nibbles, high)
		VPADDB(high, word, word)
		VPMADDUBSW(ones, word, word)
		VPSUBD(all, word, word)
	}
	count := parts[0].AsZ().(reg.VecVirtual)
	VINSERTI64X4(U8(1), parts[1], count, count)
	VCVTDQ2PS(count, count)
	VMULPS(step, count, count)
	addPresent(value, e, left, every, count)
	ADDQ(U8(16), e)
	SUBQ(U8(16), left)
	JG(LabelRef("block"))
	Label("next")
	ADDQ(U8(4), list)
	DECQ(listed)
	JNZ(LabelRef("receiver"))
	VZEROUPPER()
	RET()
}

// sparseInputPlasticityShort walks the listed receivers, 16 couplings at a time. The samples
// in which a receiver is unstable are found once. The last block of a receiver is cut off
// by a mask.
func sparseInputPlasticityShort() {
	TEXT("sparseInputPlasticityShortAVX512", NOSPLIT, "func(value *float32, start, sender, list *int32, count int, inputs *[]float32, unstable, signs *uint16, step float32)")
	Pragma("noescape")
	Doc("sparseInputPlasticityShortAVX512 adds the increments of the input couplings of count > 0 listed receivers, each unstable in a sample; it reads senders up to 15 places beyond theirs, and the list up to 3.")
	value, start, sender, list := pointer("value"), pointer("start"), pointer("sender"), pointer("list")
	step := wideBroadcast("step")
	rows := AllocLocal(16 * 8)    // of inputs, by unstable sample
	factors := AllocLocal(16 * 4) // the receiver's state in it
	i, e, left, samples, every := GP64(), GP64(), GP64(), GP64(), GP32()
	MOVL(I32(-1), every)
	lanes := laneMasks()
	Label("receiver")
	MOVLQSX(Mem{Base: list, Disp: 4 * aheadReceivers}, i)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4}, i)
	for line := range 5 {
		PREFETCHT0(Mem{Base: sender, Index: i, Scale: 4, Disp: 64 * line})
		PREFETCHT0(Mem{Base: value, Index: i, Scale: 4, Disp: 64 * line})
	}
	MOVLQSX(Mem{Base: list}, i)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4}, e)
	MOVLQSX(Mem{Base: start, Index: i, Scale: 4, Disp: 4}, left)
	SUBQ(e, left)
	JLE(LabelRef("next"))
	u, mine, inputs, words := GP32(), GP32(), pointer("inputs"), pointer("unstable")
	MOVWLZX(Mem{Base: words, Index: i, Scale: 2}, u)
	words = pointer("signs")
	MOVWLZX(Mem{Base: words, Index: i, Scale: 2}, mine)
	XORQ(samples, samples)
	Label("sample")
	b, row := GP64(), GP64()
	TZCNTL(u, b.As32())
	BLSRL(u, u)
	SHRXL(b.As32(), mine, row.As32())
	SHLL(U8(31), row.As32())
	ORL(U32(0x3f800000), row.As32()) // 1 or -1
	MOVL(row.As32(), factors.Idx(samples, 4))
	LEAQ(Mem{Base: b, Index: b, Scale: 2}, b)
	MOVQ(Mem{Base: inputs, Index: b, Scale: 8}, row)
	MOVQ(row, rows.Idx(samples, 8))
	INCQ(samples)
	TESTL(u, u)
	JNZ(LabelRef("sample"))
	last := samples // the last of them
	DECQ(last)
	Label("block")
	sums := vectors(2)
	for _, v := range sums {
		VXORPS(v, v, v)
	}
	XORQ(b, b)
	// add adds some samples from b on to the sums, in their order.
	add := func(count int) {
		rowsOf, factorsOf := make([]reg.Register, count), make([]reg.VecVirtual, count)
		for n := range count {
			row, factor := GP64(), YMM()
			MOVQ(rows.Idx(b, 8).Offset(8*n), row)
			VBROADCASTSS(factors.Idx(b, 4).Offset(4*n), factor)
			rowsOf[n], factorsOf[n] = row, factor
		}
		for n, parts := range collect(sender, e, rowsOf, 4, lanes) {
			for half, v := range parts {
				VMULPS(factorsOf[n], v, v)
				VADDPS(v, sums[half], sums[half])
			}
		}
	}
	Label("pair") // two samples take the places of their inputs once
	CMPQ(b, last)
	JGE(LabelRef("single"))
	add(2)
	ADDQ(U8(2), b)
	JMP(LabelRef("pair"))
	Label("single")
	JG(LabelRef("learn"))
	add(1)
	Label("learn")
	sum := sums[0].AsZ().(reg.VecVirtual)
	VINSERTF64X4(U8(1), sums[1], sum, sum)
	VMULPS(step, sum, sum)
	addPresent(value, e, left, every, sum)
	ADDQ(U8(16), e)
	SUBQ(U8(16), left)
	JG(LabelRef("block"))
	Label("next")
	ADDQ(U8(4), list)
	DECQ(NewParamAddr("count", parameterOffset("count")))
	JNZ(LabelRef("receiver"))
	VZEROUPPER()
	RET()
}
