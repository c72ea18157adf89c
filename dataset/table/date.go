package table

import (
	"strings"
	"time"
)

// Layouts of ISO 8601, and those of the same order with slashes, by what they tell.
var (
	dateLayouts = []string{
		"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04", "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01",
	}
	clockLayouts = []string{"15:04:05", "15:04"}
)

// parseDate returns a date as days from 1970-01-01 in UTC, or a time of the day as a part of
// a day. Dates without a zone are taken for UTC. clock says which of both it is.
func parseDate(cell string) (days float64, clock, ok bool) {
	const shortest, longest = len("15:04"), len("2006-01-02T15:04:05.123456789+07:00")
	if len(cell) < shortest || len(cell) > longest+2 || cell[0] < '0' || cell[0] > '9' {
		return 0, false, false
	}
	for _, layout := range clockLayouts {
		if t, err := time.Parse(layout, cell); err == nil {
			return inDays(t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))), true, true
		}
	}
	if len(cell) >= 10 && cell[4] == '/' && cell[7] == '/' {
		cell = cell[:4] + "-" + cell[5:7] + "-" + cell[8:]
	}
	if len(cell) > 10 && cell[10] == ' ' {
		cell = cell[:10] + "T" + strings.Replace(cell[11:], " ", "", 1) // a zone may stand apart
	}
	cell = strings.TrimSuffix(cell, "UTC")
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, cell); err == nil {
			return float64(t.Unix())/86400 + inDays(time.Duration(t.Nanosecond())), false, true
		}
	}
	return 0, false, false
}

// zoneOf says whether a date that was read has a zone, and whether that is another than UTC.
func zoneOf(cell string) (zoned, shifted bool) {
	if len(cell) <= 10 {
		return false, false
	}
	clock := strings.TrimSpace(strings.TrimSuffix(cell[10:], "UTC"))
	at := strings.LastIndexAny(clock, "Z+-")
	switch {
	case at >= 0:
		return true, strings.Trim(clock[at:], "Z+-:0") != ""
	}
	return strings.HasSuffix(cell, "UTC"), false
}

func inDays(d time.Duration) float64 { return float64(d) / float64(24*time.Hour) }

// isoDate writes a time as [parseDate] reads it.
func isoDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999999") }
