package interchange_test

import (
	"bytes"
	"fmt"

	"basin/checkpoint"
	"basin/dataset"
	"basin/interchange"
	"basin/network"
	"basin/settings"
)

func Example() {
	s := settings.Defaults()
	s.Network.Modules[0].Neurons = 50
	drawn, err := network.Draw(s.Network, []int{2, 2}, 3, s.Seed)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := &checkpoint.Model{
		Network:    drawn,
		Settings:   s,
		Encoder:    &dataset.Encoder{Features: 4, Divisor: 255},
		LabelNames: []string{"cat", "dog", "owl"},
	}
	var graph, arrays bytes.Buffer
	if err := interchange.ONNX(&graph, model); err != nil {
		fmt.Println(err)
		return
	}
	if err := interchange.NPZ(&arrays, model); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bytes.Contains(graph.Bytes(), []byte("owl")), bytes.Contains(arrays.Bytes(), []byte("modules.0.recurrent.npy")))
	// Output: true true
}
