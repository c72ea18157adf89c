package interchange

import (
	_ "embed"
	"fmt"
	"go/token"
	"io"
	"strings"
	"text/template"

	"basin/checkpoint"
)

//go:embed gosource.tmpl
var goText string

var goTemplate = template.Must(template.New("go").Funcs(template.FuncMap{"name": goName}).Parse(goText))

// goName makes the name of a table one of Go.
func goName(name string) string {
	first, last, both := strings.Cut(name, "_")
	if !both {
		return name
	}
	return first + strings.ToUpper(last[:1]) + last[1:]
}

// DefaultPackage is the name of the package that [Go] writes where none is given.
const DefaultPackage = "model"

// Go writes the prediction of a model of integers as one file of Go without imports, of a
// package of the name given: Predict, which returns class and logits of a sample of bytes. Both
// are those of Basin, bit for bit.
//
// A model with a random projection reads the signs that the projection makes. Go reports a name
// that no package has, a model of real numbers ([ErrReal]), and one whose sweeps draw at random.
func Go(w io.Writer, m *checkpoint.Model, name string) error {
	if name == "" {
		name = DefaultPackage
	}
	if !token.IsIdentifier(name) || name == "_" {
		return fmt.Errorf("interchange: a package called %q, want a name of letters and digits that is no word of Go", name)
	}
	p, err := newProgram(m)
	if err != nil {
		return err
	}
	return goTemplate.Execute(w, struct {
		*program
		Package string
	}{p, name})
}
