package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// differencesWide keeps the counts of 4 x 4 pairs of rows in registers and walks their words.
func differencesWide() {
	TEXT("differencesAVX512", NOSPLIT, "func(counts *int32, stride int, a, b *uint64, words int)")
	Pragma("noescape")
	Doc("differencesAVX512 counts the bits in which 4 rows of a and 4 of b differ; words is a multiple of 8, above 0.")
	counts, stride := pointer("counts"), pointer("stride")
	a, b, words := rowsOfWords(4)
	sums := wideVectors(16)
	for _, sum := range sums {
		VPXORQ(sum, sum, sum)
	}
	at := GP64()
	XORQ(at, at)
	Label("words")
	columns := wideVectors(4)
	for j, column := range columns {
		VMOVDQU64(Mem{Base: b[j], Index: at, Scale: 8}, column)
	}
	for i := range 4 {
		row := ZMM()
		VMOVDQU64(Mem{Base: a[i], Index: at, Scale: 8}, row)
		for j, column := range columns {
			word := ZMM()
			VPXORQ(row, column, word)
			VPOPCNTQ(word, word)
			VPADDQ(word, sums[4*i+j], sums[4*i+j])
		}
	}
	ADDQ(U8(8), at)
	CMPQ(at, words)
	JLT(LabelRef("words"))
	for i := range 4 {
		for j := 0; j < 4; j += 2 {
			writePair(sums[4*i+j], sums[4*i+j+1], counts, 4*j)
		}
		LEAQ(Mem{Base: counts, Index: stride, Scale: 4}, counts)
	}
	VZEROUPPER()
	RET()
}

// differences counts with a table of the counts of 4 bits.
func differences(table Mem) {
	TEXT("differencesAVX2", NOSPLIT, "func(counts *int32, a, b *uint64, words int)")
	Pragma("noescape")
	Doc("differencesAVX2 counts the bits in which a row of a and 4 rows of b differ; words is a multiple of 8, above 0.")
	counts := pointer("counts")
	a, b, words := rowsOfWords(1)
	count := countBits(table, YMM)
	sums := vectors(4)
	for _, sum := range sums {
		VPXOR(sum, sum, sum)
	}
	none := zero()
	at := GP64()
	XORQ(at, at)
	Label("words")
	low, high := YMM(), YMM()
	VMOVDQU(Mem{Base: a[0], Index: at, Scale: 8}, low)
	VMOVDQU(Mem{Base: a[0], Index: at, Scale: 8, Disp: 32}, high)
	for j, sum := range sums {
		twice := YMM()
		VPXOR(twice, twice, twice)
		for half, row := range []reg.VecVirtual{low, high} {
			word := YMM()
			VPXOR(Mem{Base: b[j], Index: at, Scale: 8, Disp: 32 * half}, row, word)
			count(word, twice)
		}
		VPSADBW(none, twice, twice)
		VPADDQ(twice, sum, sum)
	}
	ADDQ(U8(8), at)
	CMPQ(at, words)
	JLT(LabelRef("words"))
	writeSums(sums, counts)
	VZEROUPPER()
	RET()
}

// rowsOfWords points to some rows of a and to 4 of b.
func rowsOfWords(rows int) (a, b []reg.Register, words reg.Register) {
	firstA, firstB, words := pointer("a"), pointer("b"), pointer("words")
	follow := func(first reg.Register, count int) []reg.Register {
		list := []reg.Register{first}
		for range count - 1 {
			next := GP64()
			LEAQ(Mem{Base: list[len(list)-1], Index: words, Scale: 8}, next)
			list = append(list, next)
		}
		return list
	}
	return follow(firstA, rows), follow(firstB, 4), words
}

// writePair writes the sums over the 64-bit lanes of two vectors. Its instructions reach all
// 32 registers.
func writePair(a, b reg.VecVirtual, counts reg.Register, at int) {
	even, odd, y, x := ZMM(), ZMM(), YMM(), XMM()
	VPUNPCKLQDQ(b, a, even)
	VPUNPCKHQDQ(b, a, odd)
	VPADDQ(odd, even, even)
	VEXTRACTI64X4(U8(1), even, y)
	VPADDQ(even.AsY(), y, y)
	VEXTRACTI32X4(U8(1), y, x)
	VPADDQ(y.AsX(), x, x)
	VPMOVQD(x, Mem{Base: counts, Disp: at})
}

// writeSums writes half the sums over the 32-bit lanes of 4 vectors.
func writeSums(sums []reg.VecVirtual, counts reg.Register) {
	VPHADDD(sums[1], sums[0], sums[0])
	VPHADDD(sums[3], sums[2], sums[2])
	VPHADDD(sums[2], sums[0], sums[0])
	high := XMM()
	VEXTRACTI128(U8(1), sums[0], high)
	VPADDD(high, sums[0].AsX(), high)
	VPSRLD(U8(1), high, high)
	VMOVDQU(high, Mem{Base: counts})
}

// subtractProducts keeps 4 rows of some vectors in registers and walks the terms.
func subtractProducts(name string, vector func() reg.VecVirtual, count int) {
	name = "subtractProducts" + name
	TEXT(name, NOSPLIT, "func(c *float64, stride int, a *float64, row, term int, b *float64, next, terms int)")
	Pragma("noescape")
	Doc(name + " subtracts the products of one block of 4 rows; terms > 0, distances in values.")
	c, stride := pointer("c"), pointer("stride")
	a, row, term := pointer("a"), pointer("row"), pointer("term")
	b, next, terms := pointer("b"), pointer("next"), pointer("terms")
	for _, distance := range []reg.Register{stride, row, term, next} {
		SHLQ(U8(3), distance)
	}
	three := GP64()
	LEAQ(Mem{Base: row, Index: row, Scale: 2}, three)
	sums := make([]reg.VecVirtual, 4*count)
	for n := range sums {
		sums[n] = vector()
	}
	bytes := int(sums[0].Size())
	at := GP64()
	visit := func(move func(sum, place Op)) {
		MOVQ(c, at)
		for i := range 4 {
			for v := range count {
				move(sums[count*i+v], Mem{Base: at, Disp: bytes * v})
			}
			if i < 3 {
				ADDQ(stride, at)
			}
		}
	}
	visit(func(sum, place Op) { VMOVUPD(place, sum) })
	Label("term")
	columns := make([]reg.VecVirtual, count)
	for v := range columns {
		columns[v] = vector()
		VMOVUPD(Mem{Base: b, Disp: bytes * v}, columns[v])
	}
	for i, place := range []Mem{{Base: a}, {Base: a, Index: row, Scale: 1}, {Base: a, Index: row, Scale: 2}, {Base: a, Index: three, Scale: 1}} {
		value := vector()
		VBROADCASTSD(place, value)
		for v, column := range columns {
			product := vector()
			VMULPD(column, value, product)
			VSUBPD(product, sums[count*i+v], sums[count*i+v])
		}
	}
	ADDQ(term, a)
	ADDQ(next, b)
	DECQ(terms)
	JNZ(LabelRef("term"))
	visit(func(sum, place Op) { VMOVUPD(sum, place) })
	VZEROUPPER()
	RET()
}
