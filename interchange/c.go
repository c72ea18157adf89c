package interchange

import (
	_ "embed"
	"io"
	"strings"
	"text/template"

	"basin/checkpoint"
)

//go:embed c.tmpl
var cText string

var cTemplate = template.Must(template.New("c").Funcs(template.FuncMap{
	"comment": func(text string) string { return strings.ReplaceAll(text, "*", `\x2a`) }, // which ends none
	"neg":     func(v int32) int32 { return -v },
}).Parse(cText))

// C writes the prediction of a model of integers as one file of C99 that needs nothing but
// stdint.h: tables of constants, and a function that writes the logits of a sample of bytes and
// returns its class. Both are those of Basin, bit for bit. The first comment of the file says
// how the function is called and what memory it takes. Compiled with BASIN_MAIN defined the
// file is a program that predicts samples from its standard input.
//
// A model with a random projection reads the signs that the projection makes. C reports a
// model of real numbers ([ErrReal]), and one whose sweeps draw at random.
func C(w io.Writer, m *checkpoint.Model) error {
	p, err := newProgram(m)
	if err != nil {
		return err
	}
	return cTemplate.Execute(w, p)
}
