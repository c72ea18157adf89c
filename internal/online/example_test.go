package online_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"basin"
	"basin/dataset/fetch"
	"basin/internal/online"
	"basin/settings"
)

// A model learns ten samples more; a crash would lose none of them.
func Example() {
	folder, err := os.MkdirTemp("", "online")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "digits.safetensors")
	s := settings.Defaults()
	_ = settings.Set(&s, []string{"network.modules.0.neurons=100", "learning.epochs=1"})
	ctx := context.Background()
	data, err := basin.Open(ctx, s, fetch.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := basin.Train(ctx, s, data, basin.Options{Out: path}); err != nil {
		fmt.Println(err)
		return
	}

	m, err := online.Open(path, online.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	result, err := m.Learn(ctx, data.Test.Subset([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("learned", result.Samples, "samples")
	fmt.Println("now in all", m.Status().Samples)
	// Output:
	// learned 10 samples
	// now in all 10
}
