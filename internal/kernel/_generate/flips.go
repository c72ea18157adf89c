package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	listsAhead  = 8 // flips whose lists are fetched before their turn
	valuesAhead = 4 // and whose values
)

// sparseFlips fetches ahead of the flips: whose couplings come next is known, and they lie
// anywhere.
func sparseFlips() {
	TEXT("sparseFlipsAVX2", NOSPLIT, "func(product, state, value *float32, start, receiver, entry, flipped *int32, count int)")
	Pragma("noescape")
	Doc("sparseFlipsAVX2 adds to a product what count flips change.")
	product, state, value := pointer("product"), pointer("state"), pointer("value")
	start, receiver, entry := pointer("start"), pointer("receiver"), pointer("entry")
	flipped, count := pointer("flipped"), pointer("count")
	n, j, e, end, i := GP64(), GP64(), GP64(), GP64(), GP64()
	// ahead goes to skip where there is no flip so far from n on.
	ahead := func(distance int, skip string) {
		LEAQ(Mem{Base: n, Disp: distance}, j)
		CMPQ(j, count)
		JCC(LabelRef(skip)) // unsigned, so below zero too
		MOVLQSX(Mem{Base: flipped, Index: j, Scale: 4}, j)
	}
	entries := func() {
		MOVLQSX(Mem{Base: start, Index: j, Scale: 4}, e)
		MOVLQSX(Mem{Base: start, Index: j, Scale: 4, Disp: 4}, end)
	}
	MOVQ(I32(-listsAhead), n)
	Label("flip")
	ahead(listsAhead, "values")
	MOVLQSX(Mem{Base: start, Index: j, Scale: 4}, e)
	for _, list := range []reg.Register{receiver, entry} {
		for line := range 2 {
			PREFETCHT0(Mem{Base: list, Index: e, Scale: 4, Disp: 64 * line})
		}
	}
	Label("values")
	ahead(valuesAhead, "turn")
	entries()
	JMP(LabelRef("fetched"))
	Label("fetch")
	MOVLQSX(Mem{Base: entry, Index: e, Scale: 4}, i)
	PREFETCHT0(Mem{Base: value, Index: i, Scale: 4})
	INCQ(e)
	Label("fetched")
	CMPQ(e, end)
	JLT(LabelRef("fetch"))
	Label("turn")
	ahead(0, "next")
	entries()
	factor := XMM()
	VMOVSS(Mem{Base: state, Index: j, Scale: 4}, factor)
	VADDSS(factor, factor, factor)
	JMP(LabelRef("added"))
	Label("add")
	MOVLQSX(Mem{Base: entry, Index: e, Scale: 4}, i)
	v := XMM()
	VMULSS(Mem{Base: value, Index: i, Scale: 4}, factor, v)
	MOVLQSX(Mem{Base: receiver, Index: e, Scale: 4}, i)
	VADDSS(Mem{Base: product, Index: i, Scale: 4}, v, v)
	VMOVSS(v, Mem{Base: product, Index: i, Scale: 4})
	INCQ(e)
	Label("added")
	CMPQ(e, end)
	JLT(LabelRef("add"))
	Label("next")
	INCQ(n)
	CMPQ(n, count)
	JLT(LabelRef("flip"))
	RET()
}
