package explore

import (
	"math"

	"basin/manifold/census"

	"gonum.org/v1/gonum/mat"
)

// layoutSteps is how often all points of a graph are moved.
const layoutSteps = 200

// layout places the fixed points of a network on a square of side 1: those that are linked near
// each other, others apart (Fruchterman and Reingold, Software: Practice and Experience 21,
// 1991). They begin where the two directions are in which they differ most, so that it
// depends on the states alone. Cost: layoutSteps times the number of pairs.
func layout(states []census.State, neurons int, links [][2]int) [][2]float64 {
	at := spread(states, neurons)
	if len(at) < 2 {
		for k := range at {
			at[k] = [2]float64{0.5, 0.5}
		}
		return at
	}
	degrees := make([]float64, len(at))
	for _, l := range links {
		degrees[l[0]]++
		degrees[l[1]]++
	}
	length := 1 / math.Sqrt(float64(len(at))) // of a link at rest, about
	force := make([][2]float64, len(at))
	for step := range layoutSteps {
		for k := range at {
			force[k] = [2]float64{-2 * at[k][0] * length, -2 * at[k][1] * length}
		}
		repel(at, force, length)
		for _, l := range links {
			pull := 4 / math.Sqrt(degrees[l[0]]*degrees[l[1]])
			for axis := range 2 {
				f := (at[l[1]][axis] - at[l[0]][axis]) * pull
				force[l[0]][axis] += f
				force[l[1]][axis] -= f
			}
		}
		longest := 0.2 * (1 - float64(step)/layoutSteps) * math.Sqrt(length)
		for k, f := range force {
			if size := math.Hypot(f[0], f[1]); size > 0 {
				move := min(0.3*size, longest) / size
				at[k][0] += move * f[0]
				at[k][1] += move * f[1]
			}
		}
	}
	return fit(at)
}

// repel pushes all points away from each other.
func repel(at, force [][2]float64, length float64) {
	for k, one := range at {
		for other := range k {
			dx, dy := one[0]-at[other][0], one[1]-at[other][1]
			push := length * length / max(dx*dx+dy*dy, 1e-6)
			force[k][0] += dx * push
			force[k][1] += dy * push
			force[other][0] -= dx * push
			force[other][1] -= dy * push
		}
	}
}

// spread projects states on their first two principal components, about -1 to 1, with a little
// turn for each so that no two are in one place.
func spread(states []census.State, neurons int) [][2]float64 {
	at := make([][2]float64, len(states))
	covariance := mat.NewSymDense(neurons, nil)
	for i := range neurons {
		for j := i; j < neurons; j++ {
			sum := 0
			for _, s := range states {
				sum += s.Spin(i) * s.Spin(j)
			}
			covariance.SetSym(i, j, float64(sum))
		}
	}
	var vectors mat.Dense
	var eigen mat.EigenSym
	found := eigen.Factorize(covariance, true)
	if found {
		eigen.VectorsTo(&vectors)
	}
	for k, s := range states {
		turn := float64(k) * math.Pi * (3 - math.Sqrt(5)) // of the seeds of a sunflower
		at[k] = [2]float64{0.05 * math.Cos(turn), 0.05 * math.Sin(turn)}
		for i := 0; found && i < neurons; i++ {
			for axis := range 2 {
				at[k][axis] += vectors.At(i, neurons-1-axis) * float64(s.Spin(i)) / math.Sqrt(float64(neurons))
			}
		}
	}
	return at
}

// fit stretches places to fill the square.
func fit(at [][2]float64) [][2]float64 {
	for axis := range 2 {
		low, high := math.Inf(1), math.Inf(-1)
		for _, p := range at {
			low, high = min(low, p[axis]), max(high, p[axis])
		}
		for k := range at {
			if high > low {
				at[k][axis] = (at[k][axis] - low) / (high - low)
			} else {
				at[k][axis] = 0.5
			}
		}
	}
	return at
}
