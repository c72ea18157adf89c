package settings_test

import (
	"fmt"

	"basin/settings"
)

func ExampleLoad() {
	text := []byte(`preset: mnist
network:
  modules:
    - neurons: 1000      # the rest of the module stays that of the preset
learning:
  epochs: 2
`)
	s, err := settings.Load("small.yaml", text, settings.Defaults())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Data.Set, s.Network.Modules[0].Neurons, s.Network.Modules[0].Input.Window)
	// Output: mnist 1000 10
}

func ExampleLoad_mistakes() {
	text := []byte("learning:\n  epochs: ten\n  kapa: 1\nreadout:\n  averaging: 2\n")
	_, err := settings.Load("run.yaml", text, settings.Defaults())
	fmt.Println(err)
	// Output:
	// run.yaml:2:11: learning.epochs: is the text "ten", want a whole number
	// run.yaml:3:3: learning.kapa: unknown key; did you mean learning.kappa?
	// run.yaml:5:3: readout.averaging: is 2, want a number from 0 to 1
}

func ExampleSet() {
	s := settings.Defaults()
	err := settings.Set(&s, []string{
		"network.modules.0.neurons=1000",
		"readout.on=[free]",
		"learning.input.rate={start: 0.05, end: 0.001, shape: cosine}",
	})
	fmt.Println(err, s.Network.Modules[0].Neurons, s.Readout.On, s.Learning.Input.Rate.At(0, 10))
	fmt.Println(settings.Set(&s, []string{"learning.epoch=3"}))
	// Output:
	// <nil> 1000 [free] 0.05
	// --set learning.epoch=3: learning.epoch: unknown key; did you mean learning.epochs?
}
