package dataset

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"codeberg.org/sbinet/npyio"
)

func TestReadIDXOfEveryElementType(t *testing.T) {
	for name, c := range map[string]struct {
		file   []byte
		bytes  []uint8
		floats []float32
	}{
		"u8":  {idxFile(8, []int{2, 1, 2}, []byte{1, 2, 3, 255}), []uint8{1, 2, 3, 255}, nil},
		"i8":  {idxFile(9, []int{2, 1, 2}, []byte{1, 2, 3, 255}), nil, []float32{1, 2, 3, -1}},
		"i16": {idxFile(11, []int{2, 1, 2}, big([]int16{1, 2, 3, 255})), []uint8{1, 2, 3, 255}, nil},
		"i32": {idxFile(12, []int{2, 1, 2}, big([]int32{1, 2, 3, 256})), nil, []float32{1, 2, 3, 256}},
		"f32": {idxFile(13, []int{2, 1, 2}, big([]float32{1, 2, 3, 0.5})), nil, []float32{1, 2, 3, 0.5}},
		"f64": {idxFile(14, []int{2, 1, 2}, big([]float64{1, 2, 3, 0.5})), nil, []float32{1, 2, 3, 0.5}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := ReadIDX(bytes.NewReader(c.file))
			check(t, s, err, []int{1, 2}, c.bytes, c.floats)
			s, err = ReadIDX(bytes.NewReader(gz(c.file)))
			check(t, s, err, []int{1, 2}, c.bytes, c.floats)
		})
	}
	labels, err := ReadIDXLabels(bytes.NewReader(idxFile(8, []int{3}, []byte{7, 0, 9})))
	if err != nil || !slices.Equal(labels, []int{7, 0, 9}) {
		t.Errorf("labels are %v, %v, want [7 0 9]", labels, err)
	}
}

func TestReadIDXRejects(t *testing.T) {
	good := idxFile(8, []int{2, 1, 2}, []byte{1, 2, 3, 4})
	for name, c := range map[string]struct {
		file  []byte
		words []string
	}{
		"nothing":      {nil, []string{"idx: offset 0", "after 0 bytes"}},
		"foreign":      {[]byte("hello world"), []string{"offset 0: 68 65 6c 6c"}},
		"type":         {idxFile(10, []int{1, 1}, []byte{1}), []string{"offset 0", "element type"}},
		"header":       {good[:10], []string{"offset 8"}},
		"truncated":    {good[:18], []string{"offset 16", "ends after 2 bytes, want 4"}},
		"trailing":     {append(slices.Clone(good), 1), []string{"offset 20", "more data"}},
		"one length":   {idxFile(8, []int{3}, []byte{1, 2, 3}), []string{"shape [3]"}},
		"no samples":   {idxFile(8, []int{0, 3}, nil), []string{"no samples"}},
		"no features":  {idxFile(8, []int{3, 0}, nil), []string{"positive"}},
		"huge claim":   {idxFile(8, []int{math.MaxInt32, math.MaxInt32}, nil), []string{"too large"}},
		"large claim":  {idxFile(8, []int{1 << 16, 1 << 14}, []byte{1}), []string{"ends after 1 bytes"}},
		"not finite":   {idxFile(13, []int{1, 1}, []byte{0x7f, 0xc0, 0, 0}), []string{"NaN"}},
		"twice zipped": {gz(gz(good)), []string{"offset 0: 1f 8b"}},
		"bad gzip":     {gz(good)[:20], []string{"unexpected EOF"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadIDX(bytes.NewReader(c.file))
			wantError(t, err, append(c.words, "dataset: idx: ")...)
		})
	}
	_, err := ReadIDXLabels(bytes.NewReader(idxFile(13, []int{1}, big([]float32{1.5}))))
	wantError(t, err, "1.5, want an integer")
}

// A header that claims 1 GiB before one byte of data must not cost 1 GiB.
func TestClaimedSizesAreNotAllocated(t *testing.T) {
	file := idxFile(8, []int{1 << 16, 1 << 14}, []byte{1})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadIDX(bytes.NewReader(file))
	runtime.ReadMemStats(&after)
	wantError(t, err, "ends after 1 bytes")
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
		t.Errorf("%d bytes allocated for a file of %d", got, len(file))
	}
}

func TestReadNPYOfEveryElementType(t *testing.T) {
	shape := []int{2, 2}
	asBytes := []uint8{1, 2, 3, 255}
	for name, c := range map[string]struct {
		descriptor string
		data       []byte
		bytes      []uint8
		floats     []float32
	}{
		"|u1": {"|u1", asBytes, asBytes, nil},
		"|b1": {"|b1", []byte{1, 0, 0, 1}, []uint8{1, 0, 0, 1}, nil},
		"|i1": {"|i1", asBytes, nil, []float32{1, 2, 3, -1}},
		"<i2": {"<i2", little([]int16{1, 2, 3, 255}), asBytes, nil},
		">u2": {">u2", big([]uint16{1, 2, 3, 255}), asBytes, nil},
		"<i4": {"<i4", little([]int32{1, 2, 3, -7}), nil, []float32{1, 2, 3, -7}},
		"<u4": {"<u4", little([]uint32{1, 2, 3, 1 << 31}), nil, []float32{1, 2, 3, 1 << 31}},
		">i8": {">i8", big([]int64{1, 2, 3, 255}), asBytes, nil},
		"<u8": {"<u8", little([]uint64{1, 2, 3, 255}), asBytes, nil},
		"<f4": {"<f4", little([]float32{1, 2, 3, 0.25}), nil, []float32{1, 2, 3, 0.25}},
		">f8": {">f8", big([]float64{1, 2, 3, 255}), nil, []float32{1, 2, 3, 255}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := ReadNPY(bytes.NewReader(npyFile(c.descriptor, false, shape, c.data)))
			check(t, s, err, []int{2}, c.bytes, c.floats)
		})
	}
}

// The index of a Fortran array a[i][j][k] of shape (2, 2, 3) is i + 2j + 4k.
func TestReadNPYInFortranOrder(t *testing.T) {
	s, err := ReadNPY(bytes.NewReader(npyFile("<i2", true, []int{2, 2, 3}, little([]int16{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}))))
	check(t, s, err, []int{2, 3}, []uint8{0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11}, nil)
}

func TestReadNPYOfAnotherWriter(t *testing.T) {
	var file bytes.Buffer
	if err := npyio.Write(&file, [3][2]float64{{1, 2}, {3, 4}, {5, 6.5}}); err != nil {
		t.Fatal(err)
	}
	s, err := ReadNPY(bytes.NewReader(gz(file.Bytes())))
	check(t, s, err, []int{2}, nil, []float32{1, 2, 3, 4, 5, 6.5})
}

func TestReadNPYRejects(t *testing.T) {
	good := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	version2 := binary.LittleEndian.AppendUint32([]byte("\x93NUMPY\x02\x00"), math.MaxUint32)
	swap := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	for name, c := range map[string]struct {
		file  []byte
		words []string
	}{
		"nothing":       {nil, []string{"after 0 bytes"}},
		"foreign":       {[]byte("hello world"), []string{"offset 0"}},
		"version":       {append([]byte("\x93NUMPY\x09\x00"), 1, 0, 0, 0), []string{"version 9"}},
		"header length": {version2, []string{"header of 4294967295 bytes"}},
		"header end":    {good[:40], []string{"header", "ends after 30 bytes"}},
		"dictionary":    {swap("'descr'", "'descx'"), []string{"header"}},
		"no line feed":  {append([]byte("\x93NUMPY\x01\x00\x02\x00"), '{', '}'), []string{"header"}},
		"shape":         {swap("'shape': (2, 2,)", "'shape': (2, x,)"), []string{"header"}},
		"negative":      {swap("'shape': (2, 2,)", "'shape': (2,-2,)"), []string{"at least 0"}},
		"type":          {swap("|u1", "<c8"), []string{"element type '<c8'"}},
		"truncated":     {good[:len(good)-1], []string{"shape [2 2]", "ends after 3 bytes, want 4"}},
		"trailing":      {append(slices.Clone(good), 1), []string{"more data"}},
		"vector":        {npyFile("|u1", false, []int{2}, []byte{1, 2}), []string{"shape [2]"}},
		"five lengths":  {npyFile("|u1", false, []int{1, 1, 1, 1, 1}, []byte{1}), []string{"2 to 4 lengths"}},
		"not finite":    {npyFile("<f8", false, []int{1, 2}, little([]float64{1, 1e300})), []string{"sample 0, feature 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadNPY(bytes.NewReader(c.file))
			wantError(t, err, append(c.words, "dataset: npy: ")...)
		})
	}
}

func readNPZBytes(file []byte) (*Data, error) {
	return ReadNPZ(bytes.NewReader(file), int64(len(file)))
}

func TestReadNPZByAllItsNames(t *testing.T) {
	x := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	y := npyFile("<i8", false, []int{2}, little([]int64{7, 3}))
	for _, names := range [][2]string{{"x", "y"}, {"X", "Y"}, {"data", "labels"}, {"images", "labels"}, {"x_train", "y_train"}} {
		d, err := readNPZBytes(npzFile(names[1], y, names[0], x))
		if err != nil {
			t.Fatalf("%v: %v", names, err)
		}
		check(t, d.Train, nil, []int{2}, []uint8{1, 2, 3, 4}, nil)
		if d.Test != nil || !slices.Equal(d.Train.Labels, []int{1, 0}) || !slices.Equal(d.Train.LabelNames, []string{"3", "7"}) {
			t.Errorf("%v: labels %v of %v, test set %v", names, d.Train.Labels, d.Train.LabelNames, d.Test)
		}
	}
	d, err := readNPZBytes(npzFile("arr_0", x))
	if err != nil || d.Train.Labels != nil || d.Train.Count() != 2 {
		t.Errorf("the only array gave %v, %v", d, err)
	}
}

func TestReadNPZOfKeras(t *testing.T) {
	column := npyFile("|u1", false, []int{2, 1}, []byte{4, 9})
	d, err := readNPZBytes(npzFile(
		"x_test", npyFile("|u1", false, []int{1, 1, 2}, []byte{5, 6}), "x_train", npyFile("|u1", false, []int{2, 1, 2}, []byte{1, 2, 3, 4}),
		"y_train", column, "y_test", npyFile("|u1", false, []int{1}, []byte{6})))
	if err != nil {
		t.Fatal(err)
	}
	check(t, d.Train, nil, []int{1, 2}, []uint8{1, 2, 3, 4}, nil)
	check(t, d.Test, nil, []int{1, 2}, []uint8{5, 6}, nil)
	if !slices.Equal(d.Train.Labels, []int{0, 2}) || !slices.Equal(d.Test.Labels, []int{1}) {
		t.Errorf("labels are %v and %v, want [0 2] and [1] of 4, 6, 9", d.Train.Labels, d.Test.Labels)
	}
}

func TestReadNPZRejects(t *testing.T) {
	x := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	archive := npzFile("x", x, "y", npyFile("|u1", false, []int{2}, []byte{1, 2}))
	for name, c := range map[string]struct {
		file  []byte
		words []string
	}{
		"nothing":   {nil, []string{"zip"}},
		"truncated": {archive[:len(archive)-30], []string{"zip"}},
		"names":     {npzFile("a", x, "b", x), []string{"arrays a, b, want x and y"}},
		"twice":     {npzFile("x", x, "X", x), []string{`two arrays of the name "x"`}},
		"labels":    {npzFile("x", x, "y", npyFile("|u1", false, []int{3}, []byte{1, 2, 3})), []string{"array y", "3 labels, want 2"}},
		"one-hot":   {npzFile("x", x, "y", x), []string{"array y", "labels have shape [2 2]"}},
		"member":    {npzFile("x", x[:len(x)-1]), []string{"array x", "ends after 3 bytes"}},
		"shapes":    {npzFile("x_train", x, "x_test", npyFile("|u1", false, []int{1, 3}, []byte{1, 2, 3})), []string{"shape [2]", "[3]"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readNPZBytes(c.file)
			wantError(t, err, append(c.words, "dataset: npz: ")...)
		})
	}
}

// CIFAR stores planes: value p of plane c becomes value 3p+c.
func TestReadCIFARTurnsPlanesIntoPixels(t *testing.T) {
	file := cifarFile([]byte{3}, []byte{9})
	s, err := ReadCIFAR(bytes.NewReader(file), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Shape, []int{32, 32, 3}) || s.Count() != 2 || !slices.Equal(s.Labels, []int{3, 9}) {
		t.Fatalf("shape %v, %d samples, labels %v", s.Shape, s.Count(), s.Labels)
	}
	for i := range 2 {
		for p := range cifarPlane {
			for c := range 3 {
				got, want := s.Bytes[i*cifarValues+3*p+c], byte(i*7+c*cifarPlane+p)
				if got != want {
					t.Fatalf("image %d, pixel %d, channel %d is %d, want %d", i, p, c, got, want)
				}
			}
		}
	}
	s, err = ReadCIFAR(bytes.NewReader(gz(cifarFile([]byte{19, 99}))), 100)
	if err != nil || !slices.Equal(s.Labels, []int{99}) || s.Classes() != 100 {
		t.Errorf("CIFAR-100 gave %v, %v, want the fine label 99", s, err)
	}
}

func TestReadCIFARRejects(t *testing.T) {
	good := cifarFile([]byte{3}, []byte{9})
	_, err := ReadCIFAR(bytes.NewReader(good[:len(good)-1]), 10)
	wantError(t, err, "image 1, offset 3073: 3072 bytes, want 3073")
	_, err = ReadCIFAR(strings.NewReader(""), 10)
	wantError(t, err, "image 0", "EOF")
	_, err = ReadCIFAR(bytes.NewReader(cifarFile([]byte{3}, []byte{10})), 10)
	wantError(t, err, "image 1, offset 3073: label 10, want 0..9")
	_, err = ReadCIFAR(bytes.NewReader(good), 7)
	wantError(t, err, "7 classes")
}
