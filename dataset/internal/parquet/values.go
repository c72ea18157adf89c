package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Types of values as they are stored.
const (
	booleans = iota
	ints32
	ints64
	ints96
	floats
	doubles
	byteArrays
	fixed
)

// leaf says how the values of a column become texts.
type leaf struct {
	kindOfValue int
	length      int // of fixed values
	optional    bool
	kind        Kind
	unread      error // of values that are no more than bytes
	write       func(raw []byte) string
}

// newLeaf reads an element of the schema.
func newLeaf(e message) (leaf, error) {
	l := leaf{kindOfValue: int(e.number(1)), length: int(e.number(2)), optional: e.number(3) == optional}
	if _, typed := e[1]; !typed || l.kindOfValue < booleans || l.kindOfValue > fixed {
		return l, fmt.Errorf("values of type %d", e.number(1))
	}
	if l.kindOfValue == fixed && (l.length < 1 || l.length > 1<<16) {
		return l, fmt.Errorf("values of %d bytes", l.length)
	}
	if half := e.message(10).message(15) != nil; half && l.kindOfValue == fixed && l.length != 2 {
		return l, fmt.Errorf("float16 values of %d bytes, want 2", l.length)
	}
	if l.kindOfValue == fixed {
		if l.unread = readable(l.length, e); l.unread != nil {
			uuid := e.message(10).message(14) != nil
			l.write = func(raw []byte) string { return bytesText(raw, uuid) }
			return l, nil
		}
	}
	if scale := scaleOf(e); scale < 0 || scale > largestScale {
		return l, fmt.Errorf("decimals with %d digits after the point, want 0..%d", scale, largestScale)
	}
	l.kind, l.write = meaning(l.kindOfValue, e)
	return l, nil
}

// bytesText writes bytes in hexadecimal, a UUID in its five groups.
func bytesText(raw []byte, uuid bool) string {
	if !uuid || len(raw) != 16 {
		return hex.EncodeToString(raw)
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}

// readable refuses values of a fixed number of bytes that are neither numbers of 16 bits nor
// decimals.
func readable(length int, e message) error {
	logical, converted := e.message(10), e.number(6)
	name := fmt.Sprintf("binary values of %d bytes", length)
	switch {
	case logical.message(15) != nil || logical.message(5) != nil || converted == convertedDecimal:
		return nil
	case logical.message(14) != nil:
		name = "UUIDs"
	case converted == convertedInterval:
		name = "intervals of months, days and milliseconds"
	}
	return fmt.Errorf("%s, which are not read: write them as texts or numbers", name)
}

// The converted types that matter, as older writers say them.
const (
	convertedDecimal = 5
	convertedDate    = 6
	convertedTimeMS  = 7
	convertedTimeUS  = 8
	convertedMS      = 9
	convertedUS      = 10
	convertedUint8   = 11
	convertedUint64  = 14

	convertedInterval = 21
)

// meaning returns what the values of a column are and how they are written.
func meaning(stored int, e message) (Kind, func(raw []byte) string) {
	logical, converted := e.message(10), int64(-1)
	if v, said := e[6].(int64); said {
		converted = v
	}
	if logical.message(5) != nil || converted == convertedDecimal {
		return Number, func(raw []byte) string { return decimal(stored, raw, scaleOf(e)) }
	}
	if write := moment(stored, logical, converted); write != nil {
		return Date, write
	}
	unsigned := converted >= convertedUint8 && converted <= convertedUint64
	if i := logical.message(10); i != nil {
		signed, said := i[2].(bool)
		unsigned = said && !signed
	}
	switch stored {
	case booleans:
		return Text, nil // of bits, not of bytes
	case ints32, ints64:
		return Number, func(raw []byte) string {
			switch {
			case unsigned && stored == ints32:
				return strconv.FormatUint(uint64(binary.LittleEndian.Uint32(raw)), 10)
			case unsigned:
				return strconv.FormatUint(binary.LittleEndian.Uint64(raw), 10)
			}
			return strconv.FormatInt(integer(stored, raw), 10)
		}
	case ints96:
		return Date, func(raw []byte) string {
			const epoch = 2440588 // 1970-01-01 as a Julian day
			day := int64(binary.LittleEndian.Uint32(raw[8:])) - epoch
			return dateText(time.Unix(day*86400, int64(binary.LittleEndian.Uint64(raw))%(86400*1e9)).UTC())
		}
	case floats:
		return Number, func(raw []byte) string {
			return strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), 'g', -1, 32)
		}
	case doubles:
		return Number, func(raw []byte) string {
			return strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(raw)), 'g', -1, 64)
		}
	case fixed: // see readable
		return Number, func(raw []byte) string { return strconv.FormatFloat(half(raw), 'g', -1, 32) }
	}
	return Text, func(raw []byte) string { return string(raw) }
}

// half returns a number of 16 bits as IEEE 754 has it.
func half(raw []byte) float64 {
	bits := binary.LittleEndian.Uint16(raw)
	exponent, part := int(bits>>10&31), float64(bits&1023)
	var v float64
	switch {
	case exponent == 31 && part != 0:
		return math.NaN()
	case exponent == 31:
		v = math.Inf(1)
	case exponent == 0:
		v = math.Ldexp(part, -24)
	default:
		v = math.Ldexp(1024+part, exponent-25)
	}
	if bits>>15 == 1 {
		return math.Copysign(v, -1)
	}
	return v
}

// largestScale bounds the digits after the point of decimals, of which 512 bits have fewer.
const largestScale = 200

// scaleOf returns the number of digits after the point of decimals.
func scaleOf(e message) int64 {
	if d := e.message(10).message(5); d != nil {
		return d.number(1)
	}
	return e.number(7)
}

// integer returns a whole number of 32 or 64 bits.
func integer(stored int, raw []byte) int64 {
	if stored == ints32 {
		return int64(int32(binary.LittleEndian.Uint32(raw)))
	}
	return int64(binary.LittleEndian.Uint64(raw))
}

// moment returns how dates and times that are kept as whole numbers are written; nil for other
// values.
func moment(stored int, logical message, converted int64) func(raw []byte) string {
	if stored != ints32 && stored != ints64 {
		return nil
	}
	epoch := time.Unix(0, 0).UTC()
	switch unit, clock := unitOf(logical, converted); {
	case logical.message(6) != nil || converted == convertedDate:
		return func(raw []byte) string { return dateText(epoch.AddDate(0, 0, int(int32(integer(stored, raw))))) }
	case unit > 0 && clock:
		return func(raw []byte) string {
			return epoch.Add(time.Duration(integer(stored, raw) * unit)).Format("15:04:05.999999999")
		}
	case unit > 0:
		return func(raw []byte) string {
			v, per := integer(stored, raw), int64(time.Second)/unit
			return dateText(time.Unix(floor(v, per), (v-floor(v, per)*per)*unit).UTC())
		}
	}
	return nil
}

// unitOf returns the nanoseconds of a unit of times, 0 for other values, and whether they are
// times of the day.
func unitOf(logical message, converted int64) (unit int64, clock bool) {
	stamp := logical.message(8)
	if of := logical.message(7); of != nil {
		stamp, clock = of, true
	}
	u := stamp.message(2)
	switch {
	case u.message(1) != nil || converted == convertedMS || converted == convertedTimeMS:
		unit = int64(time.Millisecond)
	case u.message(2) != nil || converted == convertedUS || converted == convertedTimeUS:
		unit = int64(time.Microsecond)
	case u.message(3) != nil:
		unit = 1
	}
	return unit, clock || converted == convertedTimeMS || converted == convertedTimeUS
}

func floor(a, b int64) int64 {
	if a%b < 0 {
		return a/b - 1
	}
	return a / b
}

// dateText writes a date in ISO 8601, one beyond its years as a text that is none.
func dateText(t time.Time) string { return t.Format("2006-01-02T15:04:05.999999999") }

// decimal writes a whole number of units of 10^-scale with all its digits: 1.00, not 1.
func decimal(stored int, raw []byte, scale int64) string {
	if len(raw) > 64 {
		return "a decimal number of too many digits"
	}
	v := new(big.Int)
	switch stored {
	case ints32:
		v.SetInt64(int64(int32(binary.LittleEndian.Uint32(raw))))
	case ints64:
		v.SetInt64(int64(binary.LittleEndian.Uint64(raw)))
	default:
		if v.SetBytes(raw); len(raw) > 0 && raw[0] > 127 {
			v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
		}
	}
	sign, digits := "", new(big.Int).Abs(v).String()
	if v.Sign() < 0 {
		sign = "-"
	}
	if scale == 0 {
		return sign + digits
	}
	if lacking := int(scale) + 1 - len(digits); lacking > 0 {
		digits = strings.Repeat("0", lacking) + digits
	}
	point := len(digits) - int(scale)
	return sign + digits[:point] + "." + digits[point:]
}

func truth(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

// plain reads count values that stand one after the other.
func (l *leaf) plain(data []byte, count int) ([]string, error) {
	cells := make([]string, 0, min(count, len(data)+1))
	switch l.kindOfValue {
	case booleans:
		if len(data) < (count+7)/8 {
			return nil, io.ErrUnexpectedEOF
		}
		for i := range count {
			cells = append(cells, truth(data[i/8]>>(i%8)&1 == 1))
		}
		return cells, nil
	case byteArrays:
		for range count {
			if len(data) < 4 {
				return nil, io.ErrUnexpectedEOF
			}
			size := int64(binary.LittleEndian.Uint32(data))
			if data = data[4:]; size > int64(len(data)) {
				return nil, io.ErrUnexpectedEOF
			}
			cells = append(cells, l.write(data[:size]))
			data = data[size:]
		}
		return cells, nil
	}
	size := map[int]int{ints32: 4, ints64: 8, ints96: 12, floats: 4, doubles: 8, fixed: l.length}[l.kindOfValue]
	if size == 0 {
		return nil, errors.New("values without a size")
	}
	if len(data) < count*size {
		return nil, io.ErrUnexpectedEOF
	}
	for i := range count {
		cells = append(cells, l.write(data[i*size:(i+1)*size]))
	}
	return cells, nil
}
