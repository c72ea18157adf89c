package kernel

import (
	"fmt"
	"os"
	"strings"
)

// set is one version of every loop.
type set struct {
	name                       string
	denseField                 func(fields, states [][]float32, couplings []float32, stride int, exact bool)
	denseFlips                 func(field, state, couplings []float32, stride int, flipped []int32)
	denseChange                func(field, couplings []float32, change float32)
	denseReceive               func(sum, square []float64, mean, variance, couplings []float32, stride int)
	denseSend                  func(sum, square []float64, mean, variance, couplings []float32, stride int)
	densePlasticity            func(couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32)
	sparseField                func(lanes []float32, width int, start, sender []int32, value []float32, signs []uint16, from, to int)
	sparseFlips                func(product, state, value []float32, start, receiver, entry, flipped []int32)
	plane                      func(plane []uint8, masks [][]uint8)
	shortWords                 func(words []uint16, planes [][]uint8)
	sparsePlasticity           func(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns [][]uint64, step float32)
	sparsePlasticityShort      func(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns []uint16, step float32)
	scatter                    func(field []float32, receiver []int32, value []float32, factor float32)
	sparseInput                func(lanes []float32, width int, start, sender []int32, value, inputs []float32, exact bool, scale float32, from, to int)
	denseInput                 func(lanes []float32, width int, couplings []float32, stride int, inputs []float32, columns []int32, exact bool, scale float32, from, to int)
	sparseInputPlasticity      func(value []float32, sender []int32, inputs [][]float32, signs []float32, step float32)
	sparseInputPlasticityShort func(value []float32, start, sender []int32, from, to int, inputs [][]float32, unstable, signs []uint16, step float32)
	denseInputPlasticity       func(value []float32, inputs [][]float32, signs []float32, step float32)
	windowInput                func(lanes []float32, width int, value, inputs []float32, window Window, exact bool, scale float32)
	windowSample               func(sums, value []float32, receivers int, inputs []float32, window Window, scale float32)
	windowPlasticity           func(value []float32, inputs [][]float32, at int, window Window, signs []float32, step float32)
	integerInput               func(fields [][]float32, at int, inputs []uint8, w *Integers, from, to int)
	bytes                      func(bytes []uint8, apart int, x []float32, offset float32)
	widen                      func(values []float32, sums []int16, unit []float32)
	sign                       func(state, field []float32)
	sweep                      func(flips []uint8, recurrent, static, state []float32, scale, self float32)
	field                      func(field, recurrent, static, state []float32, scale, self float32)
	unstable                   func(mask []uint8, field, state []float32, kappa float32)
	signs                      func(mask []uint8, state []float32)
	expand                     func(state []float32, mask []uint8)
	unpack                     func(rows [][]float32, at int, lanes []float32, count int)
	readoutPlasticity          func(couplings []float32, stride int, states, steps [][]float32, from, to int, keep, rate float32, exact bool)
	add                        func(sum, a, b []float32)
	average                    func(average, value []float32, rate float32)
	differences                func(counts []int32, stride int, a, b []uint64, words int)
	subtractProducts           func(c []float64, stride, rows, columns int, f Factors, terms int)
}

var portable = set{
	name:                       "portable",
	denseField:                 denseFieldReference,
	denseFlips:                 denseFlipsReference,
	denseChange:                denseChangeReference,
	denseReceive:               denseReceiveReference,
	denseSend:                  denseSendReference,
	densePlasticity:            densePlasticityReference,
	sparseField:                sparseFieldReference,
	sparseFlips:                sparseFlipsReference,
	shortWords:                 shortWordsReference,
	plane:                      planeReference,
	sparsePlasticity:           sparsePlasticityReference,
	sparsePlasticityShort:      sparsePlasticityShortReference,
	scatter:                    scatterReference,
	sparseInput:                sparseInputReference,
	denseInput:                 denseInputReference,
	sparseInputPlasticity:      sparseInputPlasticityReference,
	sparseInputPlasticityShort: sparseInputPlasticityShortReference,
	denseInputPlasticity:       denseInputPlasticityReference,
	windowInput:                windowInputReference,
	windowSample:               windowSampleReference,
	windowPlasticity:           windowPlasticityReference,
	integerInput:               integerInputReference,
	bytes:                      bytesReference,
	widen:                      widenReference,
	sign:                       signReference,
	sweep:                      sweepReference,
	field:                      fieldReference,
	unstable:                   unstableReference,
	signs:                      signsReference,
	expand:                     expandReference,
	unpack:                     unpackReference,
	readoutPlasticity:          readoutPlasticityReference,
	add:                        addReference,
	average:                    averageReference,
	differences:                differencesReference,
	subtractProducts:           subtractProductsReference,
}

// active is the version in use: the last of available, unless the environment says
// otherwise.
var active = choose(os.Getenv(Variable))

// Variable is the environment variable that forces a version by its name. A name that
// is not available is passed over.
const Variable = "BASIN_KERNEL"

// available lists what can run here, the slowest first.
func available() []set { return append([]set{portable}, accelerated()...) }

func choose(name string) *set {
	all := available()
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return &all[len(all)-1]
}

// Name returns the version in use: portable, avx2 or avx512.
func Name() string { return active.name }

// Available returns the names of the versions that can run on this machine.
func Available() []string {
	var names []string
	for _, s := range available() {
		names = append(names, s.name)
	}
	return names
}

// Use forces the named version and returns a function that takes it back. It is for
// tests and benchmarks: nothing else may run kernels at the same time.
func Use(name string) (undo func(), err error) {
	previous := active
	for _, s := range available() {
		if s.name == name {
			active = &s
			return func() { active = previous }, nil
		}
	}
	return nil, fmt.Errorf("kernel: %q cannot run here, want one of %s", name, strings.Join(Available(), ", "))
}
