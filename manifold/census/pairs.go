package census

import (
	"context"
	"math"
	"math/big"
	"math/bits"
)

// Around returns how many fixed points lie at each Hamming distance 0..N from fixed
// point k, a place in FixedPoints; distance 0 is the fixed point itself. The logarithm of
// a value over N is the local entropy of that fixed point, in nats per neuron. Cost: the
// number of fixed points.
func (r *Result) Around(k int) []int64 {
	counts := make([]int64, r.Neurons+1)
	for _, other := range r.FixedPoints {
		counts[r.FixedPoints[k].Distance(other)]++
	}
	return counts
}

// MeanAround returns the mean of [Result.Around] over all fixed points: how many lie at
// each distance from one that is drawn uniformly. Nil if there is no fixed point. It reports
// a context that ends.
func (r *Result) MeanAround(ctx context.Context) ([]float64, error) {
	if len(r.FixedPoints) == 0 {
		return nil, nil
	}
	counts, err := r.Pairs(ctx)
	if err != nil {
		return nil, err
	}
	mean := make([]float64, r.Neurons+1)
	for d, pairs := range counts {
		mean[d] = float64(pairs) / float64(len(r.FixedPoints))
	}
	return mean, nil
}

// LocalEntropy returns ln(mean)/N of [Result.MeanAround], in nats per neuron: minus
// infinity at a distance without pairs. Nil if there is no fixed point. It reports a context
// that ends.
func (r *Result) LocalEntropy(ctx context.Context) ([]float64, error) {
	entropy, err := r.MeanAround(ctx)
	for d, mean := range entropy {
		entropy[d] = math.Log(mean) / float64(r.Neurons)
	}
	return entropy, err
}

// spectrumNeurons bounds the memory of a spectrum, 4 x 2^N bytes, to 64 MiB.
const spectrumNeurons = 24

// Pairs returns the number of ordered pairs of fixed points at each Hamming distance
// d = 0..N, which is overlap 1 - 2d/N; distance 0 holds each fixed point with itself.
// Cost: the number of pairs or, where that is less and N is at most 24, N 2^N. It reports a
// context that ends.
func (r *Result) Pairs(ctx context.Context) ([]int64, error) {
	count := float64(len(r.FixedPoints))
	if n := r.Neurons; n <= spectrumNeurons && count*count/2 > float64(n)*float64(uint(1)<<n) {
		return r.pairsBySpectrum(ctx)
	}
	return r.pairsOneByOne(ctx)
}

func (r *Result) pairsOneByOne(ctx context.Context) ([]int64, error) {
	counts := make([]int64, r.Neurons+1)
	for k, p := range r.FixedPoints {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, q := range r.FixedPoints[:k] {
			counts[p.Distance(q)] += 2
		}
	}
	counts[0] += int64(len(r.FixedPoints))
	return counts, nil
}

// pairsBySpectrum takes the Walsh-Hadamard transform f(w) = sum over fixed points of
// (-1)^(w.s). Its power by weight, E_k = sum over |w| = k of f(w)^2, gives the pairs by
// MacWilliams' identity
//
//	pairs(d) = 2^-N sum_k K_d(k) E_k
//
// where the Krawtchouk number K_d(k) is the coefficient of z^d in (1-z)^k (1+z)^(N-k).
// All numbers are integers.
func (r *Result) pairsBySpectrum(ctx context.Context) ([]int64, error) {
	n := r.Neurons
	f := make([]int32, 1<<n)
	for _, p := range r.FixedPoints {
		f[p] = 1
	}
	for half := 1; half < len(f); half *= 2 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for at := 0; at < len(f); at += 2 * half {
			low, high := f[at:at+half], f[at+half:at+2*half]
			for w, a := range low {
				b := high[w]
				low[w], high[w] = a+b, a-b
			}
		}
	}
	power := make([]int64, n+1)
	for w, value := range f {
		power[bits.OnesCount(uint(w))] += int64(value) * int64(value)
	}
	pairs := make([]int64, n+1)
	for d := range pairs {
		sum, term := new(big.Int), new(big.Int)
		for k, e := range power {
			sum.Add(sum, term.Mul(big.NewInt(krawtchouk(n, k)[d]), big.NewInt(e)))
		}
		pairs[d] = sum.Rsh(sum, uint(n)).Int64()
	}
	return pairs, nil
}

// krawtchouk returns the coefficients of (1-z)^k (1+z)^(n-k).
func krawtchouk(n, k int) []int64 {
	c := make([]int64, n+1)
	c[0] = 1
	for factor := range n {
		sign := int64(1)
		if factor < k {
			sign = -1
		}
		for d := factor + 1; d > 0; d-- {
			c[d] += sign * c[d-1]
		}
	}
	return c
}
