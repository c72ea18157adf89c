// Command generate writes the AVX2 and AVX-512 kernels of package kernel. Each function here
// emits the loop that the comment of its Go twin gives; run it with
//
//	go run . -out ../assembly_amd64.s -stubs ../assembly_stubs_amd64.go -pkg kernel
package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!noasm")
	for _, exact := range []bool{false, true} {
		denseField4(exact)
		denseField1(exact)
		denseField8(exact)
	}
	denseFlips()
	table := nibbleCounts()
	for _, w := range messages {
		denseReceive(w)
		denseSend(w)
	}
	densePlasticity(table, false)
	sparseField(1)
	sparseField(2)
	shortWords(1)
	shortWords(2)
	planeNarrow()
	for _, exact := range []bool{false, true} {
		sparseInput("AVX2", 8, exact, YMM, clearNarrow)
		sparseInput("AVX2", 16, exact, YMM, clearNarrow)
		sparseInput("AVX512", 16, exact, ZMM, clearWide)
		denseInput(1, exact)
		denseInput(2, exact)
	}
	for _, exact := range []bool{false, true} {
		windowInput("AVX2", 8, exact, YMM, clearNarrow, windowRows)
		windowInput("AVX2", 16, exact, YMM, clearNarrow, windowRows/2)
		windowInput("AVX512", 16, exact, ZMM, clearWide, windowRowsWide)
	}
	windowSample()
	windowPlasticity()
	windowPlasticityWide()
	scatter()
	sparseFlips()
	sparseInputPlasticity()
	sparsePlasticity(false)
	sparsePlasticity(true)
	sparsePlasticityShort(table)
	sparseInputPlasticityShort()
	denseInputPlasticity()
	sign()
	sweep()
	field()
	unstable()
	signs()
	expand(signShifts())
	unpack()
	readoutPlasticity(true)
	readoutPlasticity(false)
	for _, samples := range []int{1, 4} {
		integerInputNarrow(samples)
	}
	bytes()
	widen()
	add()
	average()
	peak()
	denseFlipsWide()
	densePlasticity(table, true)
	sparseFieldWide()
	for _, samples := range []int{1, 8} {
		integerInputWide(samples)
	}
	plane()
	differences(table)
	differencesWide()
	subtractProducts("AVX2", YMM, 2)
	subtractProducts("AVX512", ZMM, 4)
	peakWide()
	Generate()
}

// pointer loads a parameter into a register.
func pointer(name string) reg.Register { return Load(Param(name), GP64()) }

// broadcast loads a float parameter into all lanes.
func broadcast(name string) reg.VecVirtual {
	x, v := XMM(), YMM()
	Load(Param(name), x)
	VBROADCASTSS(x, v)
	return v
}

// parameterOffset returns where a parameter lies in the frame, for instructions that
// read it from there because registers are short.
func parameterOffset(name string) int {
	address, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return address.Addr.Disp
}

func zero() reg.VecVirtual {
	v := YMM()
	VXORPS(v, v, v)
	return v
}

func vectors(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = YMM()
	}
	return v
}
