package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nlpodyssey/safetensors"

	"basin/dataset"
	"basin/dataset/table"
	"basin/network"
	"basin/network/coupling"
	"basin/train"
)

// Names and constant texts of the metadata.
const (
	formatKey     = "format"
	versionKey    = "format_version"
	programKey    = "basin_version"
	settingsKey   = "settings"
	encoderKey    = "encoder"
	labelNamesKey = "label_names"
	historyKey    = "history"
	inputShapeKey = "input_shape"
	classesKey    = "classes"
	columnsKey    = "columns"
	stateKey      = "training_state"
	scalesKey     = "scales"
	digestKey     = "digest"
	learnedKey    = "learned_batches"
	integersKey   = "integers"

	formatName = "basin"
	// formatVersion is that of files that are written, integerVersion that of files of
	// networks of integers, sharedVersion that of files with a whitening or shared couplings,
	// which have arrays that older programs do not know. In files of version 2 whole windows
	// are compressed rows, and those of version 1 have no digest either.
	formatVersion  = "3"
	integerVersion = "4"
	sharedVersion  = "5"
)

// versions are those that are read, from the first on.
var versions = []string{"1", "2", formatVersion, integerVersion, sharedVersion}

// digested reports whether files of a version have a digest. Where one of version 1 has it
// nevertheless, one bit of the version has flipped.
func digested(version string) bool { return slices.Contains(versions[1:], version) }

// maxSettings bounds the text of the settings, so that a hostile list of modules
// cannot grow without bound in memory.
const maxSettings = 1 << 20

// encodeMetadata returns the metadata of a checked model. With a state they are those
// of a training file.
func encodeMetadata(m *Model, state *train.State) (map[string]string, error) {
	meta := map[string]string{formatKey: formatName, versionKey: formatVersion, programKey: m.Version, digestKey: noDigest}
	values := map[string]any{
		settingsKey:   m.Settings,
		encoderKey:    m.Encoder,
		labelNamesKey: append([]string{}, m.LabelNames...),
		historyKey:    append([]train.EpochRecord{}, m.History...),
		inputShapeKey: m.Network.InputShape,
		classesKey:    m.Network.Classes,
	}
	if m.Columns != nil {
		values[columnsKey] = m.Columns
	}
	if m.Learned > 0 && state == nil {
		values[learnedKey] = m.Learned
	}
	if m.Network.Integers.Bits > 0 {
		meta[versionKey] = integerVersion
		values[integersKey] = m.Network.Integers
	}
	if m.Encoder.Whitening != nil || hasShared(m.Network) {
		meta[versionKey] = sharedVersion
	}
	if state != nil {
		withoutHistory := *state
		withoutHistory.History = nil
		values[stateKey] = withoutHistory
		scales := map[string]string{}
		m.Network.EachBlock(func(name string, b coupling.Couplings) {
			scales[name] = strconv.FormatFloat(b.Scale(), 'x', -1, 64)
		})
		values[scalesKey] = scales
	}
	for key, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("metadata %s: %w", key, err)
		}
		meta[key] = string(text)
	}
	if size := len(meta[settingsKey]); size > maxSettings {
		return nil, fmt.Errorf("metadata %s: %d bytes, want at most %d", settingsKey, size, maxSettings)
	}
	return meta, nil
}

// hasShared reports whether some couplings of a network are shared.
func hasShared(n *network.Network) (has bool) {
	n.EachBlock(func(_ string, b coupling.Couplings) { has = has || b.Shape().Places > 0 })
	return has
}

// decoded is what the metadata of a file say.
type decoded struct {
	model      *Model
	inputShape []int
	classes    int
	integers   network.Integers
	state      *train.State
	scales     map[string]float64
}

// checkFormat reports a file of another kind, or of a version that is not known.
func checkFormat(meta map[string]string) error {
	if got := meta[formatKey]; got != formatName {
		return fmt.Errorf("%w: its metadata say format %q, want %q", ErrNotModel, got, formatName)
	}
	if got := meta[versionKey]; !slices.Contains(versions, got) {
		last := len(versions) - 1
		return fmt.Errorf("metadata %s: %q, want \"%s\" or %q: the file was written by Basin %q, read it with that version",
			versionKey, got, strings.Join(versions[:last], `", "`), versions[last], meta[programKey])
	}
	return nil
}

// decodeMetadata reads and checks the metadata of a file. What is missing from a text means
// what the package comment says, so that files of older programs stay readable.
func decodeMetadata(meta map[string]string, infos map[string]*safetensors.TensorInfo) (*decoded, error) {
	if size := len(meta[settingsKey]); size > maxSettings {
		return nil, fmt.Errorf("metadata %s: %d bytes, want at most %d", settingsKey, size, maxSettings)
	}
	d := &decoded{model: &Model{Version: meta[programKey]}}
	if err := decode(meta, settingsKey, &d.model.Settings); err != nil {
		return nil, err
	}
	d.model.Encoder = &dataset.Encoder{Preprocess: d.model.Settings.Preprocess}
	for _, part := range []struct {
		key  string
		into any
	}{
		{encoderKey, &d.model.Encoder},
		{labelNamesKey, &d.model.LabelNames},
		{inputShapeKey, &d.inputShape},
		{classesKey, &d.classes},
	} {
		if err := decode(meta, part.key, part.into); err != nil {
			return nil, err
		}
	}
	if e := d.model.Encoder; e != nil && e.Whitening != nil {
		e.Whitening.Matrix = make([]float32, claimedMatrix(infos))
	}
	if _, ok := meta[columnsKey]; ok {
		d.model.Columns = &table.Columns{}
		if err := decode(meta, columnsKey, d.model.Columns); err != nil {
			return nil, err
		}
	}
	if len(d.model.LabelNames) == 0 {
		d.model.LabelNames = nil
	}
	if _, learned := meta[learnedKey]; learned {
		if err := decode(meta, learnedKey, &d.model.Learned); err != nil {
			return nil, err
		}
	}
	if _, has := meta[integersKey]; meta[versionKey] == integerVersion || has && meta[versionKey] == sharedVersion {
		if err := decode(meta, integersKey, &d.integers); err != nil {
			return nil, err
		}
		if err := d.integers.Validate(); err != nil || d.integers.Bits == 0 {
			return nil, fmt.Errorf("metadata %s: %+v: %w", integersKey, d.integers, cmp.Or(err, errors.New("want bits above 0")))
		}
	}
	var err error
	if d.model.History, err = decodeHistory(meta); err != nil {
		return nil, err
	}
	if _, training := meta[stateKey]; training {
		if d.integers.Bits > 0 {
			return nil, fmt.Errorf("metadata %s: a network of integers does not learn", stateKey)
		}
		if err := d.decodeTraining(meta); err != nil {
			return nil, err
		}
	}
	return d, checkModel(d.model, d.inputShape, d.classes, d.state)
}

func (d *decoded) decodeTraining(meta map[string]string) error {
	d.state = &train.State{Epoch: train.Epochs(d.model.History)}
	if err := decode(meta, stateKey, d.state); err != nil {
		return err
	}
	if len(d.state.History) > 0 {
		return fmt.Errorf("metadata %s: holds %d epochs, want them in %s alone", stateKey, len(d.state.History), historyKey)
	}
	d.state.History = append([]train.EpochRecord(nil), d.model.History...)
	var texts map[string]string
	if err := decode(meta, scalesKey, &texts); err != nil {
		return err
	}
	d.scales = map[string]float64{}
	for name, text := range texts {
		scale, err := strconv.ParseFloat(text, 64)
		if err != nil || !finiteScale(scale) {
			return fmt.Errorf("metadata %s: %s is %q, want a finite number other than 0", scalesKey, name, text)
		}
		d.scales[name] = scale
	}
	return nil
}

// decode reads one text of the metadata. A key that the value does not know is an
// error: it would be lost in silence.
func decode(meta map[string]string, key string, into any) error {
	text, ok := meta[key]
	if !ok {
		return fmt.Errorf("metadata %s: missing", key)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("metadata %s: %w", key, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("metadata %s: more text after the end of its value", key)
	}
	return nil
}

// decodeHistory reads one record at a time and stops at the first that cannot be, so
// that memory stays in proportion to the text.
func decodeHistory(meta map[string]string) ([]train.EpochRecord, error) {
	text, ok := meta[historyKey]
	if !ok {
		return nil, fmt.Errorf("metadata %s: missing", historyKey)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if token, err := d.Token(); err != nil || token != json.Delim('[') {
		return nil, fmt.Errorf("metadata %s: want a list", historyKey)
	}
	var history []train.EpochRecord
	var before train.EpochRecord
	for d.More() {
		var record train.EpochRecord
		if err := d.Decode(&record); err != nil {
			return nil, fmt.Errorf("metadata %s: record %d: %w", historyKey, len(history), err)
		}
		if err := checkRecord(record, before); err != nil {
			return nil, fmt.Errorf("metadata %s: record %d: %w", historyKey, len(history), err)
		}
		before = record
		history = append(history, record)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("metadata %s: want a list that ends", historyKey)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("metadata %s: more text after the end of its list", historyKey)
	}
	return history, nil
}

func finiteScale(scale float64) bool {
	return scale != 0 && !math.IsNaN(scale) && !math.IsInf(scale, 0)
}
