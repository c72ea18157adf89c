package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// aheadReceivers is how many receivers of a list ahead couplings are asked for.
const aheadReceivers = 3

// sparsePlasticityShort walks the listed receivers, 16 couplings at a time: the words of
// their senders are collected one by one, all else is done for 16 at once. The last block
// of a receiver is cut off by a mask.
func sparsePlasticityShort(table Mem) {
	TEXT("sparsePlasticityShortAVX512", NOSPLIT, "func(value *float32, start, sender, list *int32, count int, unstable, signs, senderSigns *uint16, step float32)")
	Pragma("noescape")
	Doc("sparsePlasticityShortAVX512 adds the increments of the couplings that count > 0 listed receivers receive; it reads senders up to 15 places beyond theirs, and the list up to 3.")
	value, start, sender, list, listed, senderSigns := pointer("value"), pointer("start"), pointer("sender"), pointer("list"), pointer("count"), pointer("senderSigns")
	step := wideBroadcast("step")
	nibbles, low, ones := YMM(), YMM(), YMM()
	VBROADCASTI128(table, nibbles)
	constant := GP32()
	MOVL(U32(0x0f0f0f0f), constant)
	VPBROADCASTD(constant, low)
	MOVL(U32(0x01010101), constant)
	VPBROADCASTD(constant, ones)
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
	VPBROADCASTW(bits.As32(), u)
	POPCNTL(bits.As32(), bits.As32())
	VPBROADCASTW(bits.As32(), all)
	words = pointer("signs")
	VPBROADCASTW(Mem{Base: words, Index: i, Scale: 2}, mine)
	SUBQ(e, left)
	JLE(LabelRef("next"))
	Label("block")
	var half [2]reg.VecVirtual
	for h := range half {
		half[h] = XMM()
		VPXOR(half[h], half[h], half[h])
		for n := range 8 {
			j := GP64()
			MOVLQSX(Mem{Base: sender, Index: e, Scale: 4, Disp: 4 * (8*h + n)}, j)
			VPINSRW(U8(n), Mem{Base: senderSigns, Index: j, Scale: 2}, half[h], half[h])
		}
	}
	word, high, count := half[0].AsY().(reg.VecVirtual), YMM(), ZMM()
	VINSERTI128(U8(1), half[1], word, word)
	// Truth table over (word, mine, u), word the highest bit: u and word = mine.
	VPTERNLOGD(U8(0b10000010), u, mine, word)
	VPSRLW(U8(4), word, high)
	VPAND(low, word, word)
	VPAND(low, high, high)
	VPSHUFB(word, nibbles, word)
	VPSHUFB(high, nibbles, high)
	VPADDB(high, word, word)
	VPMADDUBSW(ones, word, word)
	VPSUBW(all, word, word)
	VPMOVSXWD(word, count)
	VCVTDQ2PS(count, count)
	VMULPS(step, count, count)
	mask, couplings := K(), ZMM()
	present := GP64()
	MOVL(U32(16), present.As32())
	CMPQ(left, present)
	CMOVQLT(left, present)
	BZHIL(present.As32(), every, present.As32())
	KMOVW(present.As32(), mask)
	place := Mem{Base: value, Index: e, Scale: 4}
	VMOVUPS_Z(place, mask, couplings)
	VADDPS(couplings, count, count)
	VMOVUPS(count, mask, place)
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
