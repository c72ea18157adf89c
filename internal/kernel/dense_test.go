package kernel

import (
	"fmt"
	"testing"

	"basin/internal/random"
)

func TestDenseFieldEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, samples := range []int{1, 3, 4, 5, 8, 13} {
			for _, senders := range []int{1, 127, 129, n} {
				for _, receivers := range []int{n, n - 8} {
					couplings := d.normals(senders * n)
					for _, exact := range []bool{true, false} {
						states := d.rows(samples, func() []float32 { return d.signs(senders) })
						states[0][0] = 0
						if !exact {
							states = d.rows(samples, func() []float32 { return d.reals(senders) })
						}
						fields := d.rows(samples, func() []float32 { return d.normals(receivers) })
						want := cloneRows(fields)
						DenseField(fields, states, couplings, n, exact)
						denseFieldReference(want, states, couplings, n, exact)
						sameRows(t, fmt.Sprintf("%s, exact %t", what, exact), fields, want)
					}
				}
			}
		}
	})
}

func TestDenseFlipsEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, count := range []int{0, 1, 2, 7} {
			couplings, state, field := d.normals(n*n), d.signs(n), d.normals(n)
			flipped := make([]int32, count)
			for q := range flipped {
				flipped[q] = int32(d.IntN(n))
			}
			want := clone(field)
			DenseFlips(field, state, couplings, n, flipped)
			denseFlipsReference(want, state, couplings, n, flipped)
			same(t, what, field, want)
		}
	})
}

func TestDenseChangeEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		field, row := d.normals(n), d.normals(n)
		want := clone(field)
		DenseChange(field, row, 0.3)
		denseChangeReference(want, row, 0.3)
		same(t, what, field, want)
		if all := unguard(field); all[guardLength-1] != guard || all[guardLength+n] != guard {
			t.Fatalf("%s: DenseChange writes outside its field", what)
		}
	})
}

func TestDenseReceiveAndSendEqualReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, senders := range []int{1, 2, 3, 4, 127, 256, 259, n} {
			for _, receivers := range []int{n, max(n-16, 16), 16} {
				compareMessages(t, d, what, senders, receivers, n)
			}
		}
		compareMessages(t, d, what, 5, 4096+n, 4096+n)
	})
}

func compareMessages(t *testing.T, d *draws, what string, senders, receivers, stride int) {
	t.Helper()
	couplings := d.reals(senders * stride)
	couplings[0], couplings[len(couplings)-1] = 1e15, -1e-30
	for _, c := range []struct {
		name      string
		fast, own func(sum, square []float64, mean, variance, couplings []float32, stride int)
		sums, of  int
	}{
		{"receive", DenseReceive, denseReceiveReference, receivers, senders},
		{"send", DenseSend, denseSendReference, senders, receivers},
	} {
		mean, variance := d.reals(c.of), d.reals(c.of)
		sum, square := d.doubles(c.sums), d.doubles(c.sums)
		want, wantSquare := make([]float64, c.sums), make([]float64, c.sums)
		c.fast(sum, square, mean, variance, couplings, stride)
		c.own(want, wantSquare, mean, variance, couplings, stride)
		for k := range want {
			if sum[k] != want[k] || square[k] != wantSquare[k] {
				t.Fatalf("%s: %s, %d of %d: place %d is %v and %v, want %v and %v", what, c.name, c.sums, c.of, k, sum[k], square[k], want[k], wantSquare[k])
			}
		}
		for _, v := range [][]float64{sum, square} {
			if v[:len(v)+1][len(v)] != guard {
				t.Fatalf("%s: %s writes behind its sums", what, c.name)
			}
		}
	}
}

func TestDensePlasticityEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, groups := range []int{1, 2, 5, 31, 32, 70} {
			if groups > 5 && n > 128 {
				continue
			}
			for _, senders := range []int{1, n - 5, n + 70} {
				couplings := d.normals(senders * n)
				unstable, signs, senderSigns := d.planes(groups, n), d.planes(groups, n), d.planes(groups, senders)
				if senders == n-5 {
					senderSigns = signs
				}
				want := clone(couplings)
				from := 16 * d.IntN(n/16)
				to := n - 16*d.IntN((n-from)/16)
				DensePlasticity(couplings, n, senders, from, to, unstable, signs, senderSigns, 0.013)
				densePlasticityReference(want, n, senders, from, to, unstable, signs, senderSigns, 0.013)
				same(t, what, couplings, want)
			}
		}
	})
}

// The reference counts bits; this is the sum over samples that it stands for.
func TestAgreementIsTheSumOverUnstableSamples(t *testing.T) {
	d := &draws{random.New(5, random.Synthetic)}
	unstable, signs, senderSigns := d.planes(3, 20), d.planes(3, 20), d.planes(3, 30)
	sign := func(planes [][]uint8, i, sample int) int { return 1 - 2*int(planes[sample/8][i]>>(sample%8)&1) }
	for i := range 20 {
		for j := range 30 {
			want := 0
			for sample := range 24 {
				if unstable[sample/8][i]>>(sample%8)&1 == 1 {
					want += sign(signs, i, sample) * sign(senderSigns, j, sample)
				}
			}
			if got := agreement(unstable, signs, senderSigns, i, j); got != want {
				t.Fatalf("receiver %d, sender %d: %d, want %d", i, j, got, want)
			}
		}
	}
}
