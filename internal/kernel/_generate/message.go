package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// message is how DenseReceive and DenseSend are written for one width of vectors.
type message struct {
	suffix string
	bytes  int
	vector func() reg.VecVirtual
}

var messages = []message{{"AVX2", 32, YMM}, {"AVX512", 64, ZMM}}

// rowAhead is how far ahead in a row its couplings are asked for, in bytes, to the second cache:
// up to a third faster where they come from memory.
const rowAhead = 4096

// add adds c times m to sum and c c times v to square, each product rounded. It changes c.
func (w message) add(c reg.VecVirtual, m, v Op, sum, square reg.VecVirtual) {
	product := w.vector()
	VMULPS(m, c, product)
	VADDPS(product, sum, sum)
	VMULPS(c, c, c)
	VMULPS(v, c, c)
	VADDPS(c, square, square)
}

// denseReceive walks the rows of 4 senders at once, then of one, while the sums of the
// receivers stay in the first cache: rows are read from one end to the other, as the
// processor expects.
func denseReceive(w message) {
	name := "denseReceive" + w.suffix
	TEXT(name, NOSPLIT, "func(sum, square, mean, variance, couplings *float32, stride, senders, receivers int)")
	Pragma("noescape")
	Doc(name + " adds couplings times means to a sum and squares times variances to another; receivers is a multiple of 16.")
	sum, square, mean, variance := pointer("sum"), pointer("square"), pointer("mean"), pointer("variance")
	couplings, stride, senders := pointer("couplings"), pointer("stride"), pointer("senders")
	SHLQ(U8(2), stride)
	i, end := GP64(), pointer("receivers")
	SHLQ(U8(2), end)
	for _, group := range []int{4, 1} {
		name := map[int]string{4: "four", 1: "one"}[group]
		Label(name)
		CMPQ(senders, U8(group))
		JLT(LabelRef(name + "done"))
		m, v := make([]reg.VecVirtual, group), make([]reg.VecVirtual, group)
		rows := make([]reg.GPVirtual, group)
		for q := range group {
			m[q], v[q], rows[q] = w.vector(), w.vector(), GP64()
			VBROADCASTSS(Mem{Base: mean, Disp: 4 * q}, m[q])
			VBROADCASTSS(Mem{Base: variance, Disp: 4 * q}, v[q])
			MOVQ(couplings, rows[q])
			ADDQ(stride, couplings)
		}
		XORQ(i, i)
		Label(name + "receivers")
		for at := 0; at < 64; at += w.bytes {
			a, b := w.vector(), w.vector()
			VMOVUPS(Mem{Base: sum, Index: i, Scale: 1, Disp: at}, a)
			VMOVUPS(Mem{Base: square, Index: i, Scale: 1, Disp: at}, b)
			for q, row := range rows {
				c := w.vector()
				VMOVUPS(Mem{Base: row, Index: i, Scale: 1, Disp: at}, c)
				if at == 0 {
					PREFETCHT1(Mem{Base: row, Index: i, Scale: 1, Disp: rowAhead})
				}
				w.add(c, m[q], v[q], a, b)
			}
			VMOVUPS(a, Mem{Base: sum, Index: i, Scale: 1, Disp: at})
			VMOVUPS(b, Mem{Base: square, Index: i, Scale: 1, Disp: at})
		}
		ADDQ(U8(64), i)
		CMPQ(i, end)
		JLT(LabelRef(name + "receivers"))
		ADDQ(U8(4*group), mean)
		ADDQ(U8(4*group), variance)
		SUBQ(U8(group), senders)
		JMP(LabelRef(name))
		Label(name + "done")
	}
	VZEROUPPER()
	RET()
}

// denseSend multiplies the rows of 2 senders at once with both vectors, or of 4 where there
// are the registers.
func denseSend(w message) {
	senders := w.bytes / 16
	name := "denseSend" + w.suffix
	TEXT(name, NOSPLIT, "func(sums *float64, couplings *float32, stride int, mean, variance *float32, receivers int)")
	Pragma("noescape")
	Doc(name+" writes the sums of some senders, then their squares; receivers is a multiple of 16.",
		"There are 2 senders with AVX2 and 4 with AVX-512.")
	row, stride, mean, variance, left := pointer("couplings"), pointer("stride"), pointer("mean"), pointer("variance"), pointer("receivers")
	SHLQ(U8(2), stride)
	rows := []reg.Register{row}
	for len(rows) < senders {
		next := GP64()
		LEAQ(Mem{Base: rows[len(rows)-1], Index: stride, Scale: 1}, next)
		rows = append(rows, next)
	}
	total := vectors(senders / 2) // two senders or four, sums and squares
	for _, t := range total {
		VXORPS(t, t, t)
	}
	count := GP64()
	Label("run")
	MOVQ(U32(256), count)
	CMPQ(left, count)
	CMOVQLT(left, count)
	SUBQ(count, left)
	const parts = 64 // bytes of the 16 lanes
	lanes := make([][]reg.VecVirtual, 2*senders)
	for k := range lanes {
		for range parts / w.bytes {
			v := w.vector()
			lanes[k] = append(lanes[k], v)
			VXORPS(v.AsX(), v.AsX(), v.AsX())
		}
	}
	Label("receivers")
	for p := range parts / w.bytes {
		m, v := w.vector(), w.vector()
		VMOVUPS(Mem{Base: mean, Disp: w.bytes * p}, m)
		VMOVUPS(Mem{Base: variance, Disp: w.bytes * p}, v)
		for q, row := range rows {
			c := w.vector()
			VMOVUPS(Mem{Base: row, Disp: w.bytes * p}, c)
			if p == 0 {
				PREFETCHT1(Mem{Base: row, Disp: rowAhead})
			}
			w.add(c, m, v, lanes[q][p], lanes[senders+q][p])
		}
	}
	for _, p := range append([]reg.Register{mean, variance}, rows...) {
		ADDQ(U8(parts), p)
	}
	SUBQ(U8(16), count)
	JNZ(LabelRef("receivers"))
	eights := make([]reg.VecVirtual, len(lanes))
	for k, l := range lanes {
		if len(l) == 2 {
			VADDPS(l[1], l[0], l[0])
			eights[k] = l[0]
			continue
		}
		high := YMM()
		VEXTRACTF64X4(U8(1), l[0], high)
		VADDPS(high, l[0].AsY(), l[0].AsY())
		eights[k] = l[0]
	}
	for k, t := range total {
		addEights(eights[4*k:4*k+4], t)
	}
	CMPQ(left, U8(0))
	JNE(LabelRef("run"))
	sums := pointer("sums")
	for k, t := range total {
		VMOVUPD(t, Mem{Base: sums, Disp: 32 * k})
	}
	VZEROUPPER()
	RET()
}

// addEights adds the sums of four times eight lanes to four float64.
func addEights(eights []reg.VecVirtual, total reg.VecVirtual) {
	first, second, high := eights[0].AsY(), eights[2].AsY(), XMM()
	VHADDPS(eights[1].AsY(), first, first)
	VHADDPS(eights[3].AsY(), second, second)
	VHADDPS(second, first, first)
	VEXTRACTF128(U8(1), first, high)
	VADDPS(high, eights[0].AsX(), high)
	doubles := YMM()
	VCVTPS2PD(high, doubles)
	VADDPD(doubles, total, total)
}
