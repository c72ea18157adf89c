package checkpoint

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nlpodyssey/safetensors"
)

// A text of the metadata that is longer than longText is an array of bytes of its own: the
// header, which is read as a whole, stays short. That of a million epochs has about 600 MB.
const (
	longText   = 1 << 20
	maxText    = 1 << 30
	textPrefix = "metadata."
)

// text is a long text of the metadata.
type text struct{ name, content string }

func (t text) outline() outline {
	return outline{safetensors.U8, []uint64{uint64(len(t.content))}}
}

// takeLong takes the long texts out of the metadata, in the order of a file.
func takeLong(meta map[string]string) (long []text, err error) {
	for key, content := range meta {
		if len(content) > maxText {
			return nil, fmt.Errorf("metadata %s: %d bytes, want at most %d", key, len(content), maxText)
		}
		if len(content) > longText {
			long = append(long, text{textPrefix + key, content})
			delete(meta, key)
		}
	}
	slices.SortFunc(long, func(a, b text) int { return strings.Compare(a.name, b.name) })
	return long, nil
}

// putLong reads the long texts of a file, whose data begin at a place, into the metadata and
// takes them out of its arrays.
func putLong(in io.ReaderAt, infos map[string]*safetensors.TensorInfo, meta map[string]string, data int64) error {
	for name, info := range infos {
		key, ok := strings.CutPrefix(name, textPrefix)
		if !ok {
			continue
		}
		length := info.DataOffsets[1] - info.DataOffsets[0] // they were checked
		if info.DType != safetensors.U8 || !slices.Equal(info.Shape, []uint64{length}) || length > maxText {
			return fmt.Errorf("tensor %s: type %v, shape %v, %d bytes, want at most %d bytes of text", name, info.DType, info.Shape, length, maxText)
		}
		if _, twice := meta[key]; twice {
			return fmt.Errorf("tensor %s: the text stands in the header too", name)
		}
		content := make([]byte, length)
		if _, err := io.ReadFull(io.NewSectionReader(in, data+int64(info.DataOffsets[0]), int64(length)), content); err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
		meta[key] = string(content)
		delete(infos, name)
	}
	return nil
}
