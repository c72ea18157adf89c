package checkpoint_test

import (
	"fmt"
	"os"
	"path/filepath"

	"basin/checkpoint"
	"basin/dataset"
	"basin/network"
	"basin/settings"
)

func Example() {
	settings := settings.Defaults()
	settings.Network.Modules[0].Neurons = 50
	drawn, err := network.Draw(settings.Network, []int{2, 2}, 3, settings.Seed)
	if err != nil {
		fmt.Println(err)
		return
	}
	folder, err := os.MkdirTemp("", "basin")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "model.safetensors")

	model := &checkpoint.Model{
		Network:    drawn,
		Settings:   settings,
		Encoder:    &dataset.Encoder{Features: 4, Divisor: 255},
		LabelNames: []string{"cat", "dog", "owl"},
		Version:    "example",
	}
	if err := checkpoint.Save(path, model); err != nil {
		fmt.Println(err)
		return
	}
	loaded, err := checkpoint.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.Network.Neurons(), "neurons,", loaded.LabelNames)
	// Output: 50 neurons, [cat dog owl]
}
