package parquet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// message is a struct of Thrift: the value of each field by its number. Values are bool, int64,
// []byte, []any for lists and message for structs.
type message map[int16]any

func (m message) number(field int16) int64 {
	v, _ := m[field].(int64)
	return v
}

func (m message) text(field int16) string {
	v, _ := m[field].([]byte)
	return string(v)
}

func (m message) message(field int16) message {
	v, _ := m[field].(message)
	return v
}

func (m message) list(field int16) []any {
	v, _ := m[field].([]any)
	return v
}

// thrift reads messages in the compact protocol.
type thrift struct {
	*bufio.Reader
	values  int // that may still come
	longest int // text
}

const deepest = 32

var errThrift = errors.New("a message that is none")

// Types of the compact protocol.
const (
	thriftTrue = iota + 1
	thriftFalse
	thriftByte
	thriftInt16
	thriftInt32
	thriftInt64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
)

func (t *thrift) varint() (uint64, error) { return binary.ReadUvarint(t) }

func (t *thrift) integer() (int64, error) {
	v, err := t.varint()
	return int64(v>>1) ^ -int64(v&1), err
}

// message reads a struct up to its end.
func (t *thrift) message(depth int) (message, error) {
	m, field := message{}, int16(0)
	for {
		head, err := t.ReadByte()
		if err != nil {
			return nil, err
		}
		if head == 0 {
			return m, nil
		}
		if delta := int16(head >> 4); delta > 0 {
			field += delta
		} else {
			id, err := t.integer()
			if err != nil {
				return nil, err
			}
			field = int16(id)
		}
		switch kind := head & 15; kind {
		case thriftTrue, thriftFalse:
			m[field] = kind == thriftTrue
		default:
			if m[field], err = t.value(kind, depth); err != nil {
				return nil, err
			}
		}
	}
}

// value reads a value, which in a list may be a bool.
func (t *thrift) value(kind byte, depth int) (any, error) {
	if t.values--; t.values < 0 || depth > deepest {
		return nil, fmt.Errorf("%w: it holds too much", errThrift)
	}
	switch kind {
	case thriftTrue, thriftFalse, thriftByte:
		v, err := t.ReadByte()
		return int64(v), err
	case thriftInt16, thriftInt32, thriftInt64:
		return t.integer()
	case thriftDouble:
		_, err := io.ReadFull(t, make([]byte, 8))
		return nil, err
	case thriftBinary:
		size, err := t.varint()
		if err != nil || size > uint64(t.longest) {
			return nil, fmt.Errorf("%w: a text of %d bytes", errThrift, size)
		}
		text := make([]byte, size)
		_, err = io.ReadFull(t, text)
		return text, err
	case thriftList, thriftSet:
		return t.list(depth)
	case thriftStruct:
		return t.message(depth + 1)
	}
	return nil, fmt.Errorf("%w: type %d", errThrift, kind)
}

func (t *thrift) list(depth int) ([]any, error) {
	head, err := t.ReadByte()
	if err != nil {
		return nil, err
	}
	size := uint64(head >> 4)
	if size == 15 {
		if size, err = t.varint(); err != nil {
			return nil, err
		}
	}
	var list []any
	for range size {
		v, err := t.value(head&15, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}
