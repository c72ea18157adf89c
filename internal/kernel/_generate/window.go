package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// windowAhead is how many bytes of couplings are asked for while one input is multiplied: a
// block of up to 16 rows asks for what follows it.
const windowAhead = 64

// The rows of couplings whose sums fill the registers, with 8 lanes of AVX2 and 16 of AVX-512.
const (
	windowRows     = 12
	windowRowsWide = 14
)

// windowLines is the number of lines of a window whose increments AVX-512 keeps in registers.
const windowLines = 5

// unstableAhead is how far ahead of the couplings that change others are asked for, in bytes:
// few rows change, in an order that the processor does not foresee.
const unstableAhead = 3200

// rowPlaces returns the places of the couplings of some rows, at most 16, that lie a stride of
// bytes apart, from a pointer on: row r is a power of two times an odd number of strides.
func rowPlaces(p, stride reg.Register, rows int) []Mem {
	places := []Mem{{Base: p}}
	odd := map[int]reg.Register{1: stride}
	for r := 1; r < rows; r++ {
		scale := r & -r
		m := r / scale
		if odd[m] == nil {
			odd[m] = GP64()
			LEAQ(Mem{Base: odd[m-2], Index: stride, Scale: 2}, odd[m])
		}
		places = append(places, Mem{Base: p, Index: odd[m], Scale: uint8(scale)})
	}
	return places
}

// windowInput keeps up to most rows x width samples in registers and walks the lines of the
// window. With vectors of 512 bits a coupling is broadcast by the multiplication itself.
func windowInput(version string, width int, exact bool, kind func() reg.VecVirtual, clear func(v reg.VecVirtual), most int) {
	name := fmt.Sprintf("window%s%d%s", inputName(exact), width, version)
	TEXT(name, NOSPLIT, "func(lanes, value, inputs *float32, lines, values, size, gap int, scale float32, rows int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s multiplies 1 to %d rows of couplings, size bytes apart, with the lanes of %d samples; lines of inputs have a gap of bytes between them.", name, most, width))
	p, size, rows := pointer("value"), pointer("size"), pointer("rows")
	x, gap, lines, left := pointer("inputs"), pointer("gap"), pointer("lines"), GP64()
	places := rowPlaces(p, size, most)
	ahead := GP64()
	MOVQ(rows, ahead)
	IMULQ(size, ahead)
	ADDQ(p, ahead)
	bytes := int(kind().Size())
	groups := 4 * width / bytes
	for r := most; r > 1; r-- {
		CMPQ(rows, U8(r))
		JEQ(LabelRef(fmt.Sprintf("rows%d", r)))
	}
	for r := 1; r <= most; r++ {
		label := fmt.Sprintf("rows%d", r)
		Label(label)
		sums := make([]reg.VecVirtual, r*groups)
		for n := range sums {
			sums[n] = kind()
			clear(sums[n])
		}
		Label(label + "line")
		MOVQ(NewParamAddr("values", parameterOffset("values")), left)
		Label(label + "value")
		lanes := make([]reg.VecVirtual, groups)
		for g := range lanes {
			lanes[g] = kind()
			VMOVUPS(Mem{Base: x, Disp: bytes * g}, lanes[g])
		}
		PREFETCHT1(Mem{Base: ahead})
		for row := range r {
			if bytes == 64 {
				addBroadcast(exact, places[row], lanes[0], sums[row])
				continue
			}
			coupling := kind()
			VBROADCASTSS(places[row], coupling)
			for g, lane := range lanes {
				addProduct(exact, lane, coupling, sums[row*groups+g], kind)
			}
		}
		ADDQ(U8(4), p)
		ADDQ(U8(4*width), x)
		ADDQ(U8(windowAhead), ahead)
		DECQ(left)
		JNZ(LabelRef(label + "value"))
		ADDQ(gap, x)
		DECQ(lines)
		JNZ(LabelRef(label + "line"))
		to, scale, single := pointer("lanes"), kind(), XMM()
		Load(Param("scale"), single)
		VBROADCASTSS(single, scale)
		for n, s := range sums {
			VMULPS(scale, s, s)
			VMOVUPS(s, Mem{Base: to, Disp: bytes * n})
		}
		VZEROUPPER()
		RET()
	}
}

// addBroadcast is addProduct with one number of memory in place of a vector.
func addBroadcast(exact bool, a Mem, b, sum reg.VecVirtual) {
	if exact {
		VFMADD231PS_BCST(a, b, sum)
		return
	}
	term := ZMM()
	VMULPS_BCST(a, b, term)
	VADDPS(term, sum, sum)
}

// windowSample keeps the sums of up to 64 receivers in registers and walks the lines of the
// window, passing over inputs that are zero.
func windowSample() {
	const name = "windowSampleAVX2"
	TEXT(name, NOSPLIT, "func(sums, value, inputs *float32, lines, values, gap, stride int, scale float32, vectors int)")
	Pragma("noescape")
	Doc(name + " multiplies the couplings of 1 to 8 vectors of receivers, rows of which are a stride of bytes apart, with the inputs of one sample; lines of inputs have a gap of bytes between them.")
	row, stride, count := pointer("value"), pointer("stride"), pointer("vectors")
	x, gap, lines, left, bits := pointer("inputs"), pointer("gap"), pointer("lines"), GP64(), GP32()
	for n := 8; n > 1; n-- {
		CMPQ(count, U8(n))
		JEQ(LabelRef(fmt.Sprintf("vectors%d", n)))
	}
	for n := 1; n <= 8; n++ {
		label := fmt.Sprintf("vectors%d", n)
		Label(label)
		sums := make([]reg.VecVirtual, n)
		for v := range sums {
			sums[v] = zero()
		}
		Label(label + "line")
		MOVQ(NewParamAddr("values", parameterOffset("values")), left)
		Label(label + "value")
		MOVL(Mem{Base: x}, bits)
		ADDL(bits, bits)
		JZ(LabelRef(label + "zero"))
		input := YMM()
		VBROADCASTSS(Mem{Base: x}, input)
		for v, s := range sums {
			addProduct(false, Mem{Base: row, Disp: 32 * v}, input, s, YMM)
		}
		Label(label + "zero")
		ADDQ(stride, row)
		ADDQ(U8(4), x)
		DECQ(left)
		JNZ(LabelRef(label + "value"))
		ADDQ(gap, x)
		DECQ(lines)
		JNZ(LabelRef(label + "line"))
		to, scale := pointer("sums"), broadcast("scale")
		for v, s := range sums {
			VMULPS(scale, s, s)
			VMOVUPS(s, Mem{Base: to, Disp: 32 * v})
		}
		VZEROUPPER()
		RET()
	}
}

// windowPlasticity walks the lines of a window, 8 values at a time and the last ones one by
// one.
func windowPlasticity() {
	const name = "windowPlasticityAVX2"
	TEXT(name, NOSPLIT, "func(value *float32, inputs *[]float32, at int, lines, values, pitch int, signs *float32, samples int, step float32)")
	Pragma("noescape")
	Doc(name + " adds the increments of the couplings of one receiver from the window that begins at an input, lines of which are pitch bytes apart; samples > 0.")
	value, inputs, signs, samples := pointer("value"), pointer("inputs"), pointer("signs"), pointer("samples")
	line, lines, pitch, left := pointer("at"), pointer("lines"), pointer("pitch"), GP64()
	SHLQ(U8(2), line)
	at, row, b, x, step := GP64(), GP64(), GP64(), GP64(), broadcast("step")
	// chunk adds the increments of some values.
	chunk := func(label string, sum reg.VecVirtual, add func(place, sign Mem)) {
		VXORPS(sum, sum, sum)
		MOVQ(inputs, row)
		XORQ(b, b)
		Label(label)
		MOVQ(Mem{Base: row}, x)
		add(Mem{Base: x, Index: at, Scale: 1}, Mem{Base: signs, Index: b, Scale: 4})
		ADDQ(U8(24), row)
		INCQ(b)
		CMPQ(b, samples)
		JLT(LabelRef(label))
	}
	Label("line")
	PREFETCHT0(Mem{Base: value, Disp: unstableAhead})
	MOVQ(line, at)
	MOVQ(NewParamAddr("values", parameterOffset("values")), left)
	Label("eight")
	CMPQ(left, U8(8))
	JLT(LabelRef("rest"))
	sum, one := YMM(), XMM()
	chunk("eightsample", sum, func(place, sign Mem) {
		term := YMM()
		VBROADCASTSS(sign, term)
		addProduct(false, place, term, sum, YMM)
	})
	VMULPS(step, sum, sum)
	VADDPS(Mem{Base: value}, sum, sum)
	VMOVUPS(sum, Mem{Base: value})
	ADDQ(U8(32), value)
	ADDQ(U8(32), at)
	SUBQ(U8(8), left)
	JMP(LabelRef("eight"))
	Label("rest")
	TESTQ(left, left)
	JZ(LabelRef("end"))
	chunk("onesample", one, func(place, sign Mem) {
		term := XMM()
		VMOVSS(sign, term)
		VMULSS(place, term, term)
		VADDSS(term, one, one)
	})
	VMULSS(step.AsX(), one, one)
	VADDSS(Mem{Base: value}, one, one)
	VMOVSS(one, Mem{Base: value})
	ADDQ(U8(4), value)
	ADDQ(U8(4), at)
	DECQ(left)
	JMP(LabelRef("rest"))
	Label("end")
	ADDQ(pitch, line)
	DECQ(lines)
	JNZ(LabelRef("line"))
	VZEROUPPER()
	RET()
}

// windowPlasticityWide walks the columns of some lines, 16 at a time with a mask for the last
// ones. It reads the couplings of all lines before it writes any: a load waits for a masked
// store before it that reaches as far.
func windowPlasticityWide() {
	const name = "windowPlasticityAVX512"
	TEXT(name, NOSPLIT, "func(value *float32, inputs *[]float32, at int, lines, values, pitch int, signs *float32, samples int, step float32)")
	Pragma("noescape")
	Doc(name + " is windowPlasticityAVX2 with wider vectors.")
	value, inputs, signs := pointer("value"), pointer("inputs"), pointer("signs")
	at, lines, pitch, left := pointer("at"), pointer("lines"), pointer("pitch"), pointer("values")
	SHLQ(U8(2), at)
	row, b, x, size, step, mask, ones := GP64(), GP64(), GP64(), GP64(), ZMM(), K(), GP64()
	single := XMM()
	Load(Param("step"), single)
	VBROADCASTSS(single, step)
	MOVQ(left, size)
	SHLQ(U8(2), size)
	from, to := rowPlaces(x, pitch, windowLines), rowPlaces(value, size, windowLines)
	Label("block")
	for n := windowLines; n > 1; n-- {
		CMPQ(lines, U8(n))
		JGE(LabelRef(fmt.Sprintf("lines%d", n)))
	}
	for n := 1; n <= windowLines; n++ {
		label := fmt.Sprintf("lines%d", n)
		Label(label)
		MOVQ(I32(-1), ones)
		CMPQ(left, U8(16))
		JGE(LabelRef(label + "masked"))
		BZHIQ(left, ones, ones)
		Label(label + "masked")
		KMOVW(ones.As32(), mask)
		sums := wideVectors(n)
		for _, s := range sums {
			clearWide(s)
		}
		MOVQ(inputs, row)
		XORQ(b, b)
		Label(label + "sample")
		MOVQ(Mem{Base: row}, x)
		ADDQ(at, x)
		sign := ZMM()
		VBROADCASTSS(Mem{Base: signs, Index: b, Scale: 4}, sign)
		for y, s := range sums {
			term := ZMM()
			VMULPS_Z(from[y], sign, mask, term)
			VADDPS(term, s, s)
		}
		ADDQ(U8(24), row)
		INCQ(b)
		CMPQ(b, NewParamAddr("samples", parameterOffset("samples")))
		JLT(LabelRef(label + "sample"))
		for y, s := range sums {
			VMULPS(step, s, s)
			VADDPS_Z(to[y], s, mask, s)
			PREFETCHT0(to[y].Offset(unstableAhead))
		}
		for y, s := range sums {
			VMOVUPS(s, mask, to[y])
		}
		ADDQ(U8(64), value)
		ADDQ(U8(64), at)
		SUBQ(U8(16), left)
		JG(LabelRef(label))
		// Back to the end of a line, and on by the others and from line to line of inputs.
		LEAQ(Mem{Base: value, Index: left, Scale: 4}, value)
		LEAQ(Mem{Base: at, Index: left, Scale: 4}, at)
		SUBQ(size, at)
		for line := range n {
			ADDQ(pitch, at)
			if line > 0 {
				ADDQ(size, value)
			}
		}
		MOVQ(NewParamAddr("values", parameterOffset("values")), left)
		SUBQ(U8(n), lines)
		JNZ(LabelRef("block"))
		VZEROUPPER()
		RET()
	}
}
