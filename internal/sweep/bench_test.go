package sweep

import (
	"context"
	"testing"

	"basin/internal/experiment"
)

// BenchmarkEmptyCells gives out cells that compute nothing, to workers in this process: what a
// cell costs beside its computation.
func BenchmarkEmptyCells(b *testing.B) {
	for _, workers := range []int{1, 4, 200} {
		b.Run(map[int]string{1: "workers=1", 4: "workers=4", 200: "workers=200"}[workers], func(b *testing.B) {
			r := coins(max(1, b.N), func(_ int, t *throws) { t.Count = 0 })
			cells, err := r.Cells(false, 1)
			if err != nil {
				b.Fatal(err)
			}
			c := within(b, usual)
			staff(b, workers, Worker{Cluster: c, Find: finder(coins(1, nil)), Version: "v1", Cells: 1, Cache: b.TempDir()})
			b.ResetTimer()
			count := 0
			err = c.Compute(context.Background(), Run{Recipe: r.Name, Version: "v1"}, cells, func(_ string, _ float64, record *experiment.Record) error {
				if record != nil {
					count++
				}
				return nil
			})
			if err != nil || count != len(cells) {
				b.Fatal(count, err)
			}
		})
	}
}
