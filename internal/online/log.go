package online

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"basin/dataset"
	"basin/dataset/table"
)

// The log is a sequence of frames, each written at once and synced before its samples count:
//
//	magic    4 bytes
//	length   of the content, 8 bytes, little endian
//	sum      CRC-32C of the length and the content, 4 bytes
//	content  a list of entries, as package gob writes it
const (
	magic       = "BsL1"
	headerBytes = 16
	// mostContent bounds what a length may say.
	mostContent = 1 << 32
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entry is a mini-batch of the log: all of a [dataset.Set] that decides what is learned.
type entry struct {
	Time       int64 // of the request, in Unix seconds
	Name       string
	Shape      []int
	Bytes      []uint8
	Floats     []float32
	Doubles    []float64
	Maximum    float32
	Labels     []int
	LabelNames []string
	Table      *table.Info
}

func newEntry(s *dataset.Set, at int64) entry {
	return entry{
		Time: at, Name: s.Name, Shape: s.Shape, Bytes: s.Bytes, Floats: s.Floats, Doubles: s.Doubles,
		Maximum: s.Maximum, Labels: s.Labels, LabelNames: s.LabelNames, Table: s.Table,
	}
}

func (e entry) set() *dataset.Set {
	return &dataset.Set{
		Name: e.Name, Shape: e.Shape, Bytes: e.Bytes, Floats: e.Floats, Doubles: e.Doubles,
		Maximum: e.Maximum, Labels: e.Labels, LabelNames: e.LabelNames, Table: e.Table,
	}
}

// frame returns the bytes of a frame.
func frame(entries []entry) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, headerBytes))
	if err := gob.NewEncoder(&b).Encode(entries); err != nil {
		return nil, err
	}
	f := b.Bytes()
	copy(f, magic)
	binary.LittleEndian.PutUint64(f[4:], uint64(len(f)-headerBytes))
	binary.LittleEndian.PutUint32(f[12:], sum(f))
	return f, nil
}

// sum returns the checksum of a frame: all of it but magic and sum.
func sum(f []byte) uint32 {
	return crc32.Update(crc32.Checksum(f[4:12], castagnoli), castagnoli, f[headerBytes:])
}

// whole returns the length of the frame that content begins with, 0 where there is none.
func whole(content []byte) int {
	if len(content) < headerBytes || string(content[:len(magic)]) != magic {
		return 0
	}
	length := binary.LittleEndian.Uint64(content[4:])
	if length > mostContent || length > uint64(len(content)-headerBytes) {
		return 0
	}
	f := content[:headerBytes+int(length)]
	if binary.LittleEndian.Uint32(f[12:]) != sum(f) {
		return 0
	}
	return len(f)
}

// damagedError says that a log has a damaged place with whole frames behind it: no write that
// was cut short leaves that.
type damagedError struct {
	path  string
	at    int
	after int // bytes of the whole frames behind
}

func (e *damagedError) Error() string {
	return fmt.Sprintf("%s: damaged from byte %d on, with %d bytes behind it that are not: samples that were learned would be lost. "+
		"Restore the file from a copy; or move the folder away, and learning begins again from the model file", e.path, e.at, e.after)
}

// parse reads the frames of a log. end is where the last whole one ends: what comes behind it was
// being written when the machine or the process stopped, and counts for nothing, unless a whole
// frame is in it, which is a [*damagedError].
func parse(path string, content []byte) (entries []entry, end int, err error) {
	for end < len(content) {
		size := whole(content[end:])
		if size == 0 {
			break
		}
		var read []entry
		if err := gob.NewDecoder(bytes.NewReader(content[end+headerBytes : end+size])).Decode(&read); err != nil {
			return nil, 0, fmt.Errorf("%s: the frame at byte %d: %w", path, end, err)
		}
		entries = append(entries, read...)
		end += size
	}
	for rest := content[end:]; ; {
		at := bytes.Index(rest[min(1, len(rest)):], []byte(magic))
		if at < 0 {
			return entries, end, nil
		}
		rest = rest[1+at:]
		if size := whole(rest); size > 0 {
			return nil, 0, &damagedError{path, end, size}
		}
	}
}

// log is a log that is open for writing.
type log struct {
	file *os.File
	size int64 // of the whole frames
}

// createLog makes an empty log; its name outlasts a crash once the folder is synced, which the
// replacement of state.json does.
func createLog(path string) (*log, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	if err := file.Sync(); err != nil {
		file.Close()
		return nil, err
	}
	return &log{file: file}, nil
}

// openLog reads a log and opens it behind its last whole frame. What was cut short is moved to
// a file beside it, since it is someone's, and said in note.
func openLog(path string) (l *log, entries []entry, note string, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, "", err
	}
	entries, end, err := parse(path, content)
	if err != nil {
		return nil, nil, "", err
	}
	if cut := content[end:]; len(cut) > 0 {
		if err := os.WriteFile(path+".cut", cut, 0o644); err != nil {
			return nil, nil, "", err
		}
		note = fmt.Sprintf("%s: the last %d bytes were never finished and not acknowledged; they are in %s.cut", path, len(cut), path)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, nil, "", err
	}
	l = &log{file: file, size: int64(end)}
	if err := l.back(); err != nil {
		file.Close()
		return nil, nil, "", err
	}
	return l, entries, note, nil
}

// add writes entries and returns when they are on the disk. After an error the log is as it
// was; where even that cannot be done, broken is true and nothing more may be added.
func (l *log) add(entries []entry) (broken bool, err error) {
	f, err := frame(entries)
	if err != nil {
		return false, err
	}
	if _, err = l.file.Write(f); err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return l.back() != nil, err
	}
	l.size += int64(len(f))
	return false, nil
}

// back cuts what is behind the last whole frame.
func (l *log) back() error {
	if err := l.file.Truncate(l.size); err != nil {
		return err
	}
	if _, err := l.file.Seek(l.size, io.SeekStart); err != nil {
		return err
	}
	return l.file.Sync()
}

func (l *log) close() error { return l.file.Close() }
