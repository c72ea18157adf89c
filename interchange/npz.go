package interchange

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"basin/checkpoint"
	"basin/network"
	"basin/network/coupling"
)

// NPZ writes the arrays of a model under the names that its file gives them (package
// checkpoint), for NumPy: 32-bit floating-point numbers and integers. Each text of the
// metadata is an array metadata.KEY without dimensions, one text of Unicode.
//
// Of a network of integers couplings are not packed: NAME or NAME.value holds integers of 8 bits in the
// places where another network has its real numbers, NAME.sender 32-bit integers, and
// NAME.unit the exponent u of each receiver, which makes the coupling 2^u times its integer.
//
// The archive is not compressed. Equal models give equal bytes. Errors are those of
// [checkpoint.Contents] and of w.
func NPZ(w io.Writer, m *checkpoint.Model) error {
	tensors, texts, err := checkpoint.Contents(m)
	if err != nil {
		return fmt.Errorf("interchange: %w", err)
	}
	if m.Network.Integers.Bits > 0 {
		tensors, err = unpacked(m.Network, tensors)
		if err != nil {
			return fmt.Errorf("interchange: %w", err)
		}
	}
	slices.SortFunc(tensors, func(a, b network.Tensor) int { return strings.Compare(a.Name, b.Name) })
	archive := zip.NewWriter(w)
	for i := range tensors {
		if err := addArray(archive, &tensors[i]); err != nil {
			return fmt.Errorf("interchange: %s: %w", tensors[i].Name, err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if err := addText(archive, "metadata."+key, texts[key]); err != nil {
			return fmt.Errorf("interchange: metadata %s: %w", key, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("interchange: %w", err)
	}
	return nil
}

// addNPY begins a file of an archive with the header of an array: version 1.0 of the format, padded with
// spaces so that values begin at a multiple of 64 (NEP 1).
func addNPY(archive *zip.Writer, name, kind string, shape []int) (io.Writer, error) {
	file, err := archive.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		return nil, err
	}
	sides := ""
	for _, side := range shape {
		sides += fmt.Sprintf("%d,", side)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, sides)
	const before = len("\x93NUMPY\x01\x00") + 2
	header += strings.Repeat(" ", 63-(before+len(header))%64) + "\n"
	start := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	_, err = file.Write(append(start, header...))
	return file, err
}

// addArray writes an array whose scale is multiplied into its values.
func addArray(archive *zip.Writer, t *network.Tensor) error {
	kind := "<f4"
	switch {
	case t.Bytes():
		kind = "|i1"
	case t.Integers():
		kind = "<i4"
	}
	file, err := addNPY(archive, t.Name, kind, t.Shape)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<16)
	if err := eachPart(t, func(part any) error { return binary.Write(out, binary.LittleEndian, part) }); err != nil {
		return err
	}
	return out.Flush()
}

// eachPart calls write with the values of an array, some at a time: a slice of bytes, of
// 32-bit integers or of floating-point numbers, which the next call overwrites.
func eachPart(t *network.Tensor, write func(part any) error) error {
	step := t.Step()
	bytes, integers, floats := []uint8(nil), []int32(nil), []float32(nil)
	for at := 0; at < t.Count(); at += step {
		size := min(step, t.Count()-at)
		var part any
		switch {
		case t.Bytes():
			bytes = resize(bytes, size)
			t.GetBytes(bytes, at)
			part = bytes
		case t.Integers():
			integers = resize(integers, size)
			t.GetIntegers(integers, at)
			part = integers
		default:
			floats = resize(floats, size)
			t.Get(floats, at)
			for e := range floats {
				floats[e] *= float32(t.Scale)
			}
			part = floats
		}
		if err := write(part); err != nil {
			return err
		}
	}
	return nil
}

func resize[T any](values []T, size int) []T { return slices.Grow(values[:0], size)[:size] }

// addText writes a text as one element of Unicode, four bytes for each character.
func addText(archive *zip.Writer, name, text string) error {
	file, err := addNPY(archive, name, fmt.Sprintf("<U%d", max(1, utf8.RuneCountInString(text))), nil)
	if err != nil {
		return err
	}
	if text == "" {
		text = "\x00" // which NumPy takes for the empty text
	}
	out := bufio.NewWriterSize(file, 1<<16)
	for _, r := range text {
		if err := binary.Write(out, binary.LittleEndian, r); err != nil {
			return err
		}
	}
	return out.Flush()
}

// unpacked returns the arrays of a network of integers with those of its blocks unpacked.
func unpacked(n *network.Network, tensors []network.Tensor) ([]network.Tensor, error) {
	var err error
	n.EachBlock(func(name string, block coupling.Couplings) {
		of := func(t network.Tensor) bool { return t.Name == name || strings.HasPrefix(t.Name, name+".") }
		unit := slices.IndexFunc(tensors, func(t network.Tensor) bool { return t.Name == name+".unit" })
		if err != nil || unit < 0 { // a link with one strength is not packed
			return
		}
		units := tensors[unit]
		tensors = append(slices.DeleteFunc(tensors, of), units)
		for _, t := range block.Tensors() {
			whole := network.Tensor{Tensor: t, Name: name + t.Name, Scale: 1}
			if !t.Integers() {
				if whole.Tensor, err = integersOf(block, t); err != nil {
					err = fmt.Errorf("%s: %w", name, err)
					return
				}
			}
			tensors = append(tensors, whole)
		}
	})
	for i, t := range tensors {
		if t.Name == "readout" { // 8 bits: bytes without gaps, a row for each class
			tensors[i].Shape = []int{n.Classes, t.Count() / n.Classes}
		}
	}
	return tensors, err
}

// integersOf returns the values of a block of integers, which t has as real numbers, in their places as
// bytes with a sign: multiples of the unit of each receiver.
func integersOf(block coupling.Couplings, t coupling.Tensor) (coupling.Tensor, error) {
	shape := block.Shape()
	dense := len(t.Shape) == 2 && t.Shape[1] == shape.Senders // perhaps without a diagonal
	bytes, next := make([]uint8, t.Count()), 0
	for i := range shape.Receivers {
		unit, fault := coupling.UnitOf(block, i), 0.0
		block.Rows(i, i+1, func(_, j int, value *float32) bool {
			place, v := next, math.Ldexp(float64(*value), -unit)
			if dense {
				place = i*shape.Senders + j
			}
			if v != float64(int8(v)) {
				fault = v
				return false
			}
			bytes[place] = uint8(int8(v))
			next++
			return true
		})
		if fault != 0 {
			return coupling.Tensor{}, fmt.Errorf("receiver %d has a coupling of %v units of 2^%d, want an integer of 8 bits", i, fault, unit)
		}
	}
	integers := coupling.Bytes(t.Name, &bytes, len(bytes))
	integers.Shape = t.Shape
	return integers, nil
}
