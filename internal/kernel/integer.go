package kernel

// IntegerBlock is the number of receivers of [IntegerInput] that lie side by side.
const IntegerBlock = 16

// Integers are couplings of 8 bits from inputs of 8 bits, for blocks of [IntegerBlock]
// receivers. Block b has the quads (four inputs that follow each other) quad[e] for e from
// start[b] to start[b+1]; coupling n of receiver r with it is weight[(e*IntegerBlock+r)*4+n].
type Integers struct {
	Start, Quad []int32
	Weight      []int8
	// Constant is added to the sum of each receiver, Unit multiplies it; one for each
	// receiver of every block.
	Constant []int32
	Unit     []float32
}

// IntegerInput multiplies couplings with the inputs of 1 or 8 samples, which lie side by side
// quad by quad: input 4 q + n of sample s at (q*samples+s)*4 + n. For blocks from..to and
// samples s = 0, 1, ..., the receivers r of block b, with i = b*IntegerBlock + r:
//
//	sum = Constant[i] + sum over e, n of Weight[(e*IntegerBlock+r)*4+n] * inputs[(Quad[e]*samples+s)*4+n]
//	fields[s][at+i] = float32(sum) * Unit[i]
//
// Sums are of 32 bits, in any order: they are exact. That start and quad belong to weights and
// inputs is not checked.
func IntegerInput(fields [][]float32, at int, inputs []uint8, w *Integers, from, to int) {
	check(len(fields) == 1 || len(fields) == 8, "IntegerInput")
	check(from >= 0 && to < len(w.Start) && min(len(w.Constant), len(w.Unit)) >= to*IntegerBlock, "IntegerInput")
	for _, field := range fields {
		check(len(field) >= at+to*IntegerBlock, "IntegerInput")
	}
	if from < to {
		active.integerInput(fields, at, inputs, w, from, to)
	}
}

// Bytes rounds values down to bytes and lays them quad by quad, the quads so many bytes apart:
//
//	bytes[k/4*apart + k%4] = x[k] + offset, at least 0 and at most 255
//
// What is not a number is 0. The length of x is a multiple of 8.
func Bytes(bytes []uint8, apart int, x []float32, offset float32) {
	check(len(x)%8 == 0 && apart >= 4 && len(bytes) >= len(x)/4*apart-apart+4, "Bytes")
	if len(x) > 0 {
		active.bytes(bytes, apart, x, offset)
	}
}

// Widen writes integers of 16 bits times a unit each: values[i] = float32(sums[i]) * unit[i].
// Lengths are equal and a multiple of 16.
func Widen(values []float32, sums []int16, unit []float32) {
	check(len(values) == len(sums) && len(sums) == len(unit) && len(sums)%16 == 0, "Widen")
	if len(values) > 0 {
		active.widen(values, sums, unit)
	}
}
