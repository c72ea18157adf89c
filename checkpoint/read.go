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

	"basin/network"
	"basin/network/coupling"
	"basin/train"
)

// maxHeader bounds the header of a file, which is read as a whole. Long texts are not in it.
const maxHeader = 16 << 20

// loaded is what a file holds; state is nil for a model file.
type loaded struct {
	model *Model
	state *train.State
}

// fold turns stored values into those of a model file.
func (l *loaded) fold() (err error) {
	l.model.Network.Fold()
	l.model.Network.EachBlock(func(name string, b coupling.Couplings) {
		if _, v, found := b.FirstNonFinite(); found && err == nil {
			err = fmt.Errorf("tensor %s: a value times the block's scale is %v, want a finite number", name, v)
		}
	})
	return err
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
	done    func() error // completes the network once they are read
	rows    []int32      // halves of the hashes of training rows
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
	return newHead(in, infos, meta, data, size)
}

func newHead(in io.ReaderAt, infos map[string]*safetensors.TensorInfo, meta map[string]string, data, size int64) (*head, error) {
	if err := checkFormat(meta); err != nil {
		return nil, err
	}
	if err := checkOffsets(infos, size-data); err != nil {
		return nil, err
	}
	if err := putLong(in, infos, meta, data); err != nil {
		return nil, err
	}
	d, err := decodeMetadata(meta, infos)
	if err != nil {
		return nil, err
	}
	n, err := network.Outline(d.model.Settings.Network, d.inputShape, d.classes)
	if err != nil {
		return nil, err
	}
	n.Integers = d.integers
	_, average := infos["readout.average"]
	arrays, done := n.Load(func(name string) int { return claimedLength(infos[name]) }, average)
	h := &head{decoded: d, network: n, done: done, infos: infos, data: data}
	if count := claimedRows(infos); count > 0 {
		arrays = append(arrays, rowsTensor(&h.rows, count))
	}
	if w := d.model.Encoder.Whitening; w != nil {
		arrays = append(arrays, whiteningTensor(w))
	}
	h.tensors = ordered(arrays)
	return h, checkTensors(h.tensors, infos)
}

// read reads and checks a file of the given size.
func read(in io.ReaderAt, size int64) (*loaded, error) {
	infos, meta, data, err := readHeader(in, size)
	if err != nil {
		return nil, err
	}
	if _, has := meta[digestKey]; (has || digested(meta[versionKey])) && meta[formatKey] == formatName { // else the head says what it is
		if err := checkDigest(in, size, meta[digestKey], data); err != nil {
			return nil, err
		}
	}
	h, err := newHead(in, infos, meta, data, size)
	if err != nil {
		return nil, err
	}
	r := &reader{in: bufio.NewReaderSize(nil, 4*chunk)}
	for _, t := range h.tensors {
		r.tensor = t
		r.in.Reset(io.NewSectionReader(in, h.data+int64(h.infos[t.Name].DataOffsets[0]), t.bytes()))
		if err := r.read(); err != nil {
			return nil, err
		}
	}
	if h.state != nil {
		if err := setScales(h.network, h.scales); err != nil {
			return nil, err
		}
	}
	if err := h.done(); err != nil {
		return nil, err
	}
	if err := checkFixedLinks(h.network); err != nil {
		return nil, err
	}
	if h.model.TrainingRows, err = joinRows(h.rows); err != nil {
		return nil, err
	}
	h.model.Network = h.network
	return &loaded{h.model, h.state}, nil
}

func setScales(n *network.Network, scales map[string]float64) (err error) {
	known := 0
	n.EachBlock(func(name string, b coupling.Couplings) {
		scale, ok := scales[name]
		if !ok && err == nil {
			err = fmt.Errorf("metadata %s: none of %s", scalesKey, name)
		}
		b.SetScale(scale)
		known++
	})
	if len(scales) != known {
		return fmt.Errorf("metadata %s: %d scales, want %d", scalesKey, len(scales), known)
	}
	return err
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
	if !slices.ContainsFunc(length[:], func(b byte) bool { return b < '\t' || b > '~' }) {
		return fail("it begins with the text %q", length[:])
	}
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

// claimedLength returns the length that the header gives for an array of one dimension.
// Whether the tensors agree is checked later.
func claimedLength(info *safetensors.TensorInfo) int {
	if info != nil && len(info.Shape) == 1 && info.Shape[0] <= math.MaxInt32 {
		return int(info.Shape[0])
	}
	return 0
}

// checkTensors compares what a file holds with what its settings want: names, types,
// shapes and lengths. After it every tensor is known to be in the file.
func checkTensors(list []*tensor, infos map[string]*safetensors.TensorInfo) error {
	wanted := make(map[string]bool, len(list))
	for _, t := range list {
		wanted[t.Name] = true
		info := infos[t.Name]
		if info == nil {
			return fmt.Errorf("tensor %s: missing", t.Name)
		}
		if info.DType != t.dtype() {
			return fmt.Errorf("tensor %s: type %v, want %v", t.Name, info.DType, t.dtype())
		}
		want := t.outline().shape
		if !slices.Equal(info.Shape, want) {
			return fmt.Errorf("tensor %s: shape %v, want %v", t.Name, info.Shape, want)
		}
		if got := info.DataOffsets[1] - info.DataOffsets[0]; got != uint64(t.bytes()) {
			return fmt.Errorf("tensor %s: %d bytes, want %d", t.Name, got, t.bytes())
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
	in       *bufio.Reader
	bytes    [4 * chunk]byte
	integers [chunk]int32
	values   []float32
	tensor   *tensor
}

func (r *reader) read() error {
	t := r.tensor
	if t.Bytes() {
		for at := 0; at < t.Count(); at += len(r.bytes) {
			part := r.bytes[:min(len(r.bytes), t.Count()-at)]
			if _, err := io.ReadFull(r.in, part); err != nil {
				return fmt.Errorf("%s: %w", t.at(at), err)
			}
			t.SetBytes(part, at)
		}
		return nil
	}
	if t.Integers() {
		for at := 0; at < t.Count(); at += chunk {
			part := r.integers[:min(chunk, t.Count()-at)]
			if err := r.take(at, len(part)); err != nil {
				return err
			}
			for e := range part {
				part[e] = int32(binary.LittleEndian.Uint32(r.bytes[4*e:]))
			}
			t.SetIntegers(part, at)
		}
		return nil
	}
	for at := 0; at < t.Count(); at += t.Step() {
		values := resize(&r.values, min(t.Step(), t.Count()-at))
		if err := r.floats(at, values); err != nil {
			return err
		}
		if err := t.Set(values, at); err != nil {
			return fmt.Errorf("tensor %s: %w", t.Name, err)
		}
	}
	return nil
}

// take reads the bytes of some values, at most a chunk.
func (r *reader) take(at, count int) error {
	if _, err := io.ReadFull(r.in, r.bytes[:4*count]); err != nil {
		return fmt.Errorf("%s: %w", r.tensor.at(at), err)
	}
	return nil
}

func (r *reader) floats(at int, values []float32) error {
	for len(values) > 0 {
		part := values[:min(chunk, len(values))]
		if err := r.take(at, len(part)); err != nil {
			return err
		}
		for e := range part {
			part[e] = math.Float32frombits(binary.LittleEndian.Uint32(r.bytes[4*e:]))
			if !finite(part[e]) {
				return fmt.Errorf("%s is %v, want a finite number", r.tensor.at(at+e), part[e])
			}
		}
		at += len(part)
		values = values[len(part):]
	}
	return nil
}
