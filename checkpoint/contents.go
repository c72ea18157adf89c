package checkpoint

import (
	"errors"
	"fmt"

	"basin/network"
	"basin/train"
)

// Contents returns what the file of [Save] holds, for programs that write it in another form: its
// arrays, whose values are to be multiplied by their scales, and the texts of its metadata but
// for the digest, which is that of the file. The arrays alias the couplings of m. Errors are those of
// [CanSave], and a coupling that is not a finite number.
func Contents(m *Model) (arrays []network.Tensor, texts map[string]string, err error) {
	if arrays, texts, err = contents(m, nil); err == nil {
		err = m.Network.CheckFinite()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("checkpoint: %w", err)
	}
	delete(texts, digestKey)
	return arrays, texts, nil
}

// contents checks a model and returns the arrays and the metadata of its file.
func contents(m *Model, state *train.State) (arrays []network.Tensor, meta map[string]string, err error) {
	if m == nil || m.Network == nil {
		return nil, nil, errors.New("no network to save")
	}
	if err := checkModel(m, m.Network.InputShape, m.Network.Classes, state); err != nil {
		return nil, nil, err
	}
	if err := checkNetwork(m.Network, m.Settings.Network); err != nil {
		return nil, nil, err
	}
	if meta, err = encodeMetadata(m, state); err != nil {
		return nil, nil, err
	}
	if arrays, err = m.Network.Tensors(); err != nil {
		return nil, nil, err
	}
	if count := len(m.TrainingRows); count > 0 {
		halves := splitRows(m.TrainingRows)
		arrays = append(arrays, rowsTensor(&halves, count))
	}
	if w := m.Encoder.Whitening; w != nil {
		arrays = append(arrays, whiteningTensor(w))
	}
	return arrays, meta, nil
}
