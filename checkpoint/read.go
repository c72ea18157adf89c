package checkpoint

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"basin/internal/layout"
	"basin/network"
	"basin/train"
)

// maxHeader bounds the header of a file, which is read as a whole. It holds the
// history of tens of thousands of epochs.
const maxHeader = 16 << 20

// loaded is what a file holds; state is nil for a model file.
type loaded struct {
	model *Model
	state *train.State
}

// fold turns stored values into those of a model file.
func (l *loaded) fold() error {
	l.model.Network.Fold()
	for _, b := range blocks(l.model.Network) {
		values := *b.dense
		if b.sparse != nil {
			values = b.sparse.Value
		}
		for _, v := range values {
			if !finite(v) {
				return fmt.Errorf("tensor %s: a value times the block's scale is %v, want a finite number", b.name, v)
			}
		}
	}
	return nil
}

// open reads a file by read and names it in errors.
func open[T any](path string, read func(in io.ReaderAt, size int64) (T, error)) (value T, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("checkpoint: %s: %w", path, err)
		}
	}()
	info, err := os.Stat(path)
	if err != nil {
		return value, err
	}
	if info.IsDir() {
		return value, fmt.Errorf("%w: it is a folder", ErrNotModel)
	}
	if !info.Mode().IsRegular() {
		return value, fmt.Errorf("%w: it is not a regular file", ErrNotModel)
	}
	file, err := os.Open(path)
	if err != nil {
		return value, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return value, err
	}
	return read(file, info.Size())
}

// head is what the header of a file says: a network without values, and where they are.
type head struct {
	*decoded
	network *network.Network
	tensors []*tensor
	infos   map[string]*safetensors.TensorInfo
	data    int64
}

// readHead reads the header of a file of the given size and checks all that it says. The
// order of the tensors is free.
func readHead(in io.ReaderAt, size int64) (*head, error) {
	infos, meta, data, err := readHeader(in, size)
	if err != nil {
		return nil, err
	}
	d, err := decodeMetadata(meta)
	if err != nil {
		return nil, err
	}
	if err := checkOffsets(infos, size-data); err != nil {
		return nil, err
	}
	n, err := network.Outline(d.model.Settings.Network, d.inputShape, d.classes)
	if err != nil {
		return nil, err
	}
	_, average := infos["readout.average"]
	list := tensors(n, claimedEntries(n, infos), average)
	if err := checkTensors(list, infos); err != nil {
		return nil, err
	}
	return &head{d, n, list, infos, data}, nil
}

// read reads and checks a file of the given size.
func read(in io.ReaderAt, size int64) (*loaded, error) {
	h, err := readHead(in, size)
	if err != nil {
		return nil, err
	}
	r := &reader{in: bufio.NewReaderSize(nil, 4*chunk)}
	for _, t := range h.tensors {
		r.tensor, r.done = t, 0
		r.in.Reset(io.NewSectionReader(in, h.data+int64(h.infos[t.name].DataOffsets[0]), t.bytes()))
		if err := r.read(); err != nil {
			return nil, err
		}
	}
	if err := finish(h.network, h.decoded); err != nil {
		return nil, err
	}
	h.model.Network = h.network
	return &loaded{h.model, h.state}, nil
}

// finish sets the scales, checks the sparse patterns and completes their blocks.
func finish(n *network.Network, d *decoded) error {
	if d.state != nil {
		if err := setScales(n, d.scales); err != nil {
			return err
		}
	}
	if err := checkPatterns(n); err != nil {
		return err
	}
	for _, b := range n.Blocks() {
		b.Index()
	}
	return nil
}

func setScales(n *network.Network, scales map[string]float64) error {
	list := blocks(n)
	if len(scales) != len(list) {
		return fmt.Errorf("metadata %s: %d scales, want %d", scalesKey, len(scales), len(list))
	}
	for _, b := range list {
		scale, ok := scales[b.name]
		if !ok {
			return fmt.Errorf("metadata %s: none of %s", scalesKey, b.name)
		}
		*b.scale = scale
	}
	return nil
}

// readHeader returns the tensors and the metadata that the header lists, and where the
// data begin.
func readHeader(in io.ReaderAt, size int64) (map[string]*safetensors.TensorInfo, map[string]string, int64, error) {
	fail := func(format string, values ...any) (map[string]*safetensors.TensorInfo, map[string]string, int64, error) {
		return nil, nil, 0, fmt.Errorf("%w: "+format, append([]any{ErrNotModel}, values...)...)
	}
	var length [8]byte
	if size < int64(len(length)) {
		return fail("%d bytes, want at least %d", size, len(length))
	}
	if _, err := in.ReadAt(length[:], 0); err != nil {
		return nil, nil, 0, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return fail("its first 8 bytes claim a header of %d bytes, want at most %d in a file of %d (or the file is cut short)", n, min(maxHeader, size-8), size)
	}
	text := make([]byte, n)
	if _, err := in.ReadAt(text, 8); err != nil {
		return nil, nil, 0, err
	}
	var header safetensors.Metadata
	if err := json.Unmarshal(text, &header); err != nil {
		return fail("its header: %w", err)
	}
	return header.Tensors(), header.Metadata(), 8 + int64(n), nil
}

// checkOffsets holds that the tensors fill the data without gap or overlap, and that
// the file ends with them.
func checkOffsets(infos map[string]*safetensors.TensorInfo, size int64) error {
	names := make([]string, 0, len(infos))
	for name := range infos {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(slices.Compare(infos[a].DataOffsets[:], infos[b].DataOffsets[:]), cmp.Compare(a, b))
	})
	end := uint64(0)
	for _, name := range names {
		from, to := infos[name].DataOffsets[0], infos[name].DataOffsets[1]
		if from != end || to < from {
			return fmt.Errorf("tensor %s: data from %d to %d, want them to begin at %d", name, from, to, end)
		}
		end = to
	}
	if end != uint64(size) {
		return fmt.Errorf("%d bytes of data, want %d: the file is cut short or damaged", size, end)
	}
	return nil
}

// claimedEntries returns the number of entries that the header gives for each sparse
// block: the length of its values. Whether the tensors agree is checked later.
func claimedEntries(n *network.Network, infos map[string]*safetensors.TensorInfo) map[string]int {
	entries := map[string]int{}
	for _, b := range blocks(n) {
		info := infos[b.name+".value"]
		if b.sparse != nil && info != nil && len(info.Shape) == 1 && info.Shape[0] <= math.MaxInt32 {
			entries[b.name] = int(info.Shape[0])
		}
	}
	return entries
}

// checkTensors compares what a file holds with what its settings want: names, types,
// shapes and lengths. After it every tensor is known to be in the file.
func checkTensors(list []*tensor, infos map[string]*safetensors.TensorInfo) error {
	wanted := make(map[string]bool, len(list))
	for _, t := range list {
		wanted[t.name] = true
		info := infos[t.name]
		if info == nil {
			return fmt.Errorf("tensor %s: missing", t.name)
		}
		if info.DType != t.dtype() {
			return fmt.Errorf("tensor %s: type %v, want %v", t.name, info.DType, t.dtype())
		}
		want := outline{t}.Shape()
		if !slices.Equal(info.Shape, want) {
			return fmt.Errorf("tensor %s: shape %v, want %v", t.name, info.Shape, want)
		}
		if got := info.DataOffsets[1] - info.DataOffsets[0]; got != uint64(t.bytes()) {
			return fmt.Errorf("tensor %s: %d bytes, want %d", t.name, got, t.bytes())
		}
	}
	for name := range infos {
		if !wanted[name] {
			return fmt.Errorf("tensor %s: the settings have no such tensor", name)
		}
	}
	return nil
}

// reader streams one tensor after another into memory.
type reader struct {
	in     *bufio.Reader
	bytes  [4 * chunk]byte
	tile   []float32
	tensor *tensor
	done   int // values of the tensor
}

func (r *reader) read() error {
	t := r.tensor
	if t.ints != nil {
		*t.ints = make([]int32, t.size)
		return r.ints(*t.ints)
	}
	*t.floats = layout.Values(t.size)
	if !t.byColumn {
		for row := range t.rows {
			if err := r.floats((*t.floats)[row*t.stride:][:t.width]); err != nil {
				return err
			}
		}
		return nil
	}
	step := t.tileRows()
	for first := 0; first < t.rows; first += step {
		rows := min(step, t.rows-first)
		tile := resize(&r.tile, rows*t.width)
		if err := r.floats(tile); err != nil {
			return err
		}
		if err := t.checkDiagonal(tile, first, rows); err != nil {
			return err
		}
		t.scatter(tile, first, rows)
	}
	return nil
}

func (r *reader) floats(values []float32) error {
	for len(values) > 0 {
		part := values[:min(chunk, len(values))]
		if _, err := io.ReadFull(r.in, r.bytes[:4*len(part)]); err != nil {
			return fmt.Errorf("%s: %w", r.tensor.at(r.done), err)
		}
		for e := range part {
			part[e] = math.Float32frombits(binary.LittleEndian.Uint32(r.bytes[4*e:]))
			if !finite(part[e]) {
				return fmt.Errorf("%s is %v, want a finite number", r.tensor.at(r.done+e), part[e])
			}
		}
		r.done += len(part)
		values = values[len(part):]
	}
	return nil
}

func (r *reader) ints(values []int32) error {
	for len(values) > 0 {
		part := values[:min(chunk, len(values))]
		if _, err := io.ReadFull(r.in, r.bytes[:4*len(part)]); err != nil {
			return fmt.Errorf("%s: %w", r.tensor.at(r.done), err)
		}
		for e := range part {
			part[e] = int32(binary.LittleEndian.Uint32(r.bytes[4*e:]))
		}
		r.done += len(part)
		values = values[len(part):]
	}
	return nil
}
