package dataset

import (
	"slices"

	"basin/dataset/table"
)

// Timed returns the columns of a model as they are kept now. Models from before there was
// [table.Time] call times of the day dates: their mean lies within the first day.
func (e *Encoder) Timed(c *table.Columns) *table.Columns {
	if len(c.Kinds) != len(e.Codings) {
		return c
	}
	timed := *c
	timed.Kinds = slices.Clone(c.Kinds)
	for k, kind := range c.Kinds {
		if origin := e.Codings[k].Origin; kind == table.Date && origin > 0 && origin < 1 {
			timed.Kinds[k] = table.Time
		}
	}
	return &timed
}
