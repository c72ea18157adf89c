package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// receivers emits a loop over the receivers from..to of a sparse block that keeps two of
// them in flight, since the sum of one waits for its own additions. clear empties a sum,
// entry adds the entry at e to the sums of its receiver, store writes them to the lanes
// and moves on.
func receivers(sums [2][]reg.VecVirtual, clear func(v reg.VecVirtual), entry func(e reg.Register, sums []reg.VecVirtual), store func(sums []reg.VecVirtual)) {
	start, left := pointer("start"), pointer("to")
	from := pointer("from")
	LEAQ(Mem{Base: start, Index: from, Scale: 4}, start)
	SUBQ(from, left)
	var e, end [2]reg.GPVirtual
	for row := range 2 {
		e[row], end[row] = GP64(), GP64()
	}
	begin := func(row int) {
		for _, v := range sums[row] {
			clear(v)
		}
		MOVLQSX(Mem{Base: start, Disp: 4 * row}, e[row])
		MOVLQSX(Mem{Base: start, Disp: 4 * (row + 1)}, end[row])
	}
	// rest adds what is left of a receiver.
	rest := func(label string, row int) {
		Label(label)
		CMPQ(e[row], end[row])
		JGE(LabelRef(label + "store"))
		entry(e[row], sums[row])
		INCQ(e[row])
		JMP(LabelRef(label))
		Label(label + "store")
		store(sums[row])
	}
	Label("pair")
	CMPQ(left, U8(2))
	JLT(LabelRef("last"))
	begin(0)
	begin(1)
	// common counts the entries that both have.
	common, other := GP64(), GP64()
	MOVQ(end[0], common)
	SUBQ(e[0], common)
	MOVQ(end[1], other)
	SUBQ(e[1], other)
	CMPQ(other, common)
	CMOVQLT(other, common)
	TESTQ(common, common)
	JZ(LabelRef("first"))
	Label("both")
	for row := range 2 {
		entry(e[row], sums[row])
		INCQ(e[row])
	}
	DECQ(common)
	JNZ(LabelRef("both"))
	rest("first", 0)
	rest("second", 1)
	ADDQ(U8(8), start)
	SUBQ(U8(2), left)
	JMP(LabelRef("pair"))
	Label("last")
	TESTQ(left, left)
	JZ(LabelRef("done"))
	begin(0)
	rest("single", 0)
	Label("done")
	VZEROUPPER()
	RET()
}

// storeLanes writes sums and moves on to the lanes of the next receiver.
func storeLanes(lanes reg.Register, sums []reg.VecVirtual, bytes int) {
	for g, v := range sums {
		VMOVUPS(v, Mem{Base: lanes, Disp: bytes * g})
	}
	ADDQ(U8(bytes*len(sums)), lanes)
}

func clearNarrow(v reg.VecVirtual) { VXORPS(v, v, v) }
func clearWide(v reg.VecVirtual)   { VPXORD(v, v, v) }

// addProduct adds a times b to sum: with one rounding where the product is exact, as with
// inputs of -1 and +1, else with two.
func addProduct(exact bool, a, b Op, sum reg.VecVirtual, kind func() reg.VecVirtual) {
	if exact {
		VFMADD231PS(a, b, sum)
		return
	}
	term := kind()
	VMULPS(a, b, term)
	VADDPS(term, sum, sum)
}

// sparseInput broadcasts a coupling and multiplies the lanes of its sender, which fill
// one or two vectors of the given kind.
func sparseInput(version string, width int, exact bool, kind func() reg.VecVirtual, clear func(v reg.VecVirtual)) {
	name := fmt.Sprintf("sparse%s%d%s", inputName(exact), width, version)
	bytes := int(kind().Size())
	TEXT(name, NOSPLIT, "func(lanes *float32, start, sender *int32, value, inputs *float32, scale float32, from, to int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s sums the input couplings of receivers from..to over %d samples.", name, width))
	lanes, sender, value, inputs := pointer("lanes"), pointer("sender"), pointer("value"), pointer("inputs")
	scale, x := kind(), XMM()
	Load(Param("scale"), x)
	VBROADCASTSS(x, scale)
	var sums [2][]reg.VecVirtual
	for row := range sums {
		for range 4 * width / bytes {
			sums[row] = append(sums[row], kind())
		}
	}
	k := GP64()
	receivers(sums, clear,
		func(e reg.Register, sums []reg.VecVirtual) {
			MOVLQSX(Mem{Base: sender, Index: e, Scale: 4}, k)
			SHLQ(U8(4+width/8), k)
			coupling := kind()
			VBROADCASTSS(Mem{Base: value, Index: e, Scale: 4}, coupling)
			for g, s := range sums {
				addProduct(exact, Mem{Base: inputs, Index: k, Scale: 1, Disp: bytes * g}, coupling, s, kind)
			}
		},
		func(sums []reg.VecVirtual) {
			for _, s := range sums {
				VMULPS(scale, s, s)
			}
			storeLanes(lanes, sums, bytes)
		})
}

// inputName tells the kernels for inputs of -1, 0 and +1 from those for any inputs.
func inputName(exact bool) string {
	if exact {
		return "Signs"
	}
	return "Input"
}

// denseInput keeps 4 receivers x 8 or 16 samples in registers and walks the columns that
// are given; rows is a multiple of 4.
func denseInput(groups int, exact bool) {
	name := fmt.Sprintf("dense%s%dAVX2", inputName(exact), 8*groups)
	TEXT(name, NOSPLIT, "func(lanes, couplings *float32, stride int, inputs *float32, columns *int32, count int, scale float32, rows int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s multiplies rows of input couplings, 4 at a time, with the lanes of %d samples; count > 0.", name, 8*groups))
	lanes, couplings, stride, inputs := pointer("lanes"), pointer("couplings"), pointer("stride"), pointer("inputs")
	rows := pointer("rows")
	scale := broadcast("scale")
	SHLQ(U8(2), stride)
	c, k, x := []reg.GPVirtual{GP64(), GP64(), GP64(), GP64()}, GP64(), GP64()
	Label("rows")
	sums := vectors(4 * groups)
	for _, s := range sums {
		VXORPS(s, s, s)
	}
	MOVQ(couplings, c[0])
	for r := 1; r < 4; r++ {
		LEAQ(Mem{Base: c[r-1], Index: stride, Scale: 1}, c[r])
	}
	columns, left := pointer("columns"), pointer("count")
	Label("input")
	MOVLQSX(Mem{Base: columns}, k)
	MOVQ(k, x)
	SHLQ(U8(4+groups), x)
	lane := vectors(groups)
	for g, v := range lane {
		VMOVUPS(Mem{Base: inputs, Index: x, Scale: 1, Disp: 32 * g}, v)
	}
	for r := range 4 {
		coupling := YMM()
		VBROADCASTSS(Mem{Base: c[r], Index: k, Scale: 4}, coupling)
		for g, v := range lane {
			addProduct(exact, v, coupling, sums[r*groups+g], YMM)
		}
	}
	ADDQ(U8(4), columns)
	DECQ(left)
	JNZ(LabelRef("input"))
	for n, s := range sums {
		VMULPS(scale, s, s)
		VMOVUPS(s, Mem{Base: lanes, Disp: 32 * n})
	}
	ADDQ(U32(128*groups), lanes)
	LEAQ(Mem{Base: couplings, Index: stride, Scale: 4}, couplings)
	SUBQ(U8(4), rows)
	JNZ(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// sparseInputPlasticity collects 8 inputs at a time from every unstable sample. It reads
// them one by one: the gather instruction takes three times as long on the processors
// that this was measured on.
func sparseInputPlasticity() {
	TEXT("sparseInputPlasticityAVX2", NOSPLIT, "func(value *float32, sender *int32, inputs *[]float32, signs *float32, samples int, step float32, blocks int)")
	Pragma("noescape")
	Doc("sparseInputPlasticityAVX2 adds the increments of blocks of 8 couplings of one receiver; samples > 0.")
	value, sender, signs, blocks := pointer("value"), pointer("sender"), pointer("signs"), pointer("blocks")
	step := broadcast("step")
	Label("block")
	var index [8]reg.GPVirtual
	for e := range index {
		index[e] = GP64()
		MOVLQSX(Mem{Base: sender, Disp: 4 * e}, index[e])
	}
	sum := zero()
	row, b, x := pointer("inputs"), GP64(), GP64()
	XORQ(b, b)
	Label("sample")
	MOVQ(Mem{Base: row}, x)
	var half [2]reg.VecVirtual
	for h := range half {
		half[h] = XMM()
		VMOVSS(Mem{Base: x, Index: index[4*h], Scale: 4}, half[h])
		for e := 1; e < 4; e++ {
			VINSERTPS(U8(16*e), Mem{Base: x, Index: index[4*h+e], Scale: 4}, half[h], half[h])
		}
	}
	term, s := YMM(), YMM()
	VINSERTF128(U8(1), half[1], half[0].AsY(), term)
	VBROADCASTSS(Mem{Base: signs, Index: b, Scale: 4}, s)
	VMULPS(s, term, term)
	VADDPS(term, sum, sum)
	ADDQ(U8(24), row)
	INCQ(b)
	CMPQ(b, NewParamAddr("samples", parameterOffset("samples")))
	JLT(LabelRef("sample"))
	VMULPS(step, sum, sum)
	VADDPS(Mem{Base: value}, sum, sum)
	VMOVUPS(sum, Mem{Base: value})
	ADDQ(U8(32), value)
	ADDQ(U8(32), sender)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// denseInputPlasticity reads 16 inputs at a time from every unstable sample.
func denseInputPlasticity() {
	TEXT("denseInputPlasticityAVX2", NOSPLIT, "func(value *float32, inputs *[]float32, signs *float32, samples int, step float32, blocks int)")
	Pragma("noescape")
	Doc("denseInputPlasticityAVX2 adds the increments of blocks of 16 couplings of one receiver; samples > 0.")
	value, signs, samples, blocks := pointer("value"), pointer("signs"), pointer("samples"), pointer("blocks")
	step := broadcast("step")
	at := GP64()
	XORQ(at, at)
	Label("block")
	sums := []reg.VecVirtual{zero(), zero()}
	row, b, x := pointer("inputs"), GP64(), GP64()
	XORQ(b, b)
	Label("sample")
	s := YMM()
	MOVQ(Mem{Base: row}, x)
	VBROADCASTSS(Mem{Base: signs, Index: b, Scale: 4}, s)
	for g, sum := range sums {
		term := YMM()
		VMULPS(Mem{Base: x, Index: at, Scale: 1, Disp: 32 * g}, s, term)
		VADDPS(term, sum, sum)
	}
	ADDQ(U8(24), row)
	INCQ(b)
	CMPQ(b, samples)
	JLT(LabelRef("sample"))
	for g, sum := range sums {
		VMULPS(step, sum, sum)
		VADDPS(Mem{Base: value, Index: at, Scale: 1, Disp: 32 * g}, sum, sum)
		VMOVUPS(sum, Mem{Base: value, Index: at, Scale: 1, Disp: 32 * g})
	}
	ADDQ(U8(64), at)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// scatter adds one sender's couplings, four at a time. Receivers of one sender differ,
// so the order within a sender does not matter.
func scatter() {
	TEXT("scatterAVX2", NOSPLIT, "func(field *float32, receiver *int32, value *float32, factor float32, count int)")
	Pragma("noescape")
	Doc("scatterAVX2 adds factor * value[n] to field[receiver[n]] for n < count.")
	field, receiver, value, count := pointer("field"), pointer("receiver"), pointer("value"), pointer("count")
	factor := XMM()
	Load(Param("factor"), factor)
	one := func(at int) {
		i, v := GP64(), XMM()
		MOVLQSX(Mem{Base: receiver, Disp: 4 * at}, i)
		VMULSS(Mem{Base: value, Disp: 4 * at}, factor, v)
		VADDSS(Mem{Base: field, Index: i, Scale: 4}, v, v)
		VMOVSS(v, Mem{Base: field, Index: i, Scale: 4})
	}
	Label("four")
	CMPQ(count, U8(4))
	JLT(LabelRef("rest"))
	for at := range 4 {
		one(at)
	}
	ADDQ(U8(16), receiver)
	ADDQ(U8(16), value)
	SUBQ(U8(4), count)
	JMP(LabelRef("four"))
	Label("rest")
	TESTQ(count, count)
	JZ(LabelRef("done"))
	one(0)
	ADDQ(U8(4), receiver)
	ADDQ(U8(4), value)
	DECQ(count)
	JMP(LabelRef("rest"))
	Label("done")
	RET()
}
