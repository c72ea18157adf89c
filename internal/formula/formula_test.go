package formula

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func Example() {
	text, err := MathML(`\frac1N \sum_j s_j`, false)
	fmt.Println(text, err)
	// Output: <math><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msub><mo>∑</mo><mrow><mi>j</mi></mrow></msub><msub><mi>s</mi><mrow><mi>j</mi></mrow></msub></mrow></math> <nil>
}

// wellFormed reads MathML to its end.
func wellFormed(text string) error {
	decoder := xml.NewDecoder(strings.NewReader("<p>" + text + "</p>"))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestPartsOfFormulas(t *testing.T) {
	for _, c := range []struct {
		tex     string
		display bool
		want    string // a part of the MathML
	}{
		{`J_{ij}^m`, false, "<msubsup><mi>J</mi><mrow><mi>i</mi><mi>j</mi></mrow><mrow><mi>m</mi></mrow></msubsup>"},
		{`\tau'_l`, false, "<msubsup><mi>τ</mi><mrow><mi>l</mi></mrow><mrow><mo>′</mo></mrow></msubsup>"},
		{`10^{-8}`, false, `<msup><mn>10</mn><mrow><mo form="prefix">−</mo><mn>8</mn></mrow></msup>`},
		{`x_10`, false, "<msub><mi>x</mi><mrow><mn>1</mn></mrow></msub><mn>0</mn>"},
		{`0.25 N`, false, "<mn>0.25</mn><mi>N</mi>"},
		{`a - b`, false, `<mi>a</mi><mo form="infix">−</mo><mi>b</mi>`},
		{`(-b)`, false, `<mo form="prefix">−</mo><mi>b</mi>`},
		{`\Delta`, false, `<mi mathvariant="normal">Δ</mi>`},
		{`\sum_k x`, true, "<munder><mo>∑</mo>"},
		{`\sum_k x`, false, "<msub><mo>∑</mo>"},
		{`\frac{\sum_k x}2`, true, "<msub><mo>∑</mo>"},
		{`\int_0^\infty`, true, "<msubsup><mo>∫</mo>"},
		{`\operatorname*{extr}_x`, true, "<munder><mi>extr</mi>"},
		{`2 \ln 2`, false, "<mn>2</mn>" + thin + "<mi>ln</mi>" + thin + "<mn>2</mn>"},
		{`\ln(2)`, false, `<mi>ln</mi><mo form="prefix" stretchy="false">(</mo>`},
		{`\mathcal N`, false, "<mi>𝒩</mi>"},
		{`\mathcal{F}`, false, "<mi>ℱ</mi>"},
		{`\mathbb E`, false, "<mi>𝔼</mi>"},
		{`\mathrm{sign}`, false, "<mi>sign</mi>"},
		{`\text{at } k < 1`, false, "<mtext>at\u00a0</mtext>"},
		{`\text{fan\_in}`, false, "<mtext>fan_in</mtext>"},
		{`a < b`, false, "&lt;"},
		{`\bar O`, false, `<mover accent="true"><mi>O</mi><mo stretchy="false">¯</mo></mover>`},
		{`\binom Nk`, false, `<mfrac linethickness="0">`},
		{`\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}`, true, "<mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr>"},
		{`\left[ x \right.`, false, `<mo form="postfix" fence="true" stretchy="true" symmetric="true"></mo>`},
		{`\Big\{ x \Big\}`, false, `minsize="1.8em" maxsize="1.8em">{</mo>`},
		{`\underbrace{x}_{\text{ends}}`, true, `<munder><munder>`},
	} {
		got, err := MathML(c.tex, c.display)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s:\ngot  %s, %v\nwant %s", c.tex, got, err, c.want)
		}
		if err := wellFormed(got); err != nil {
			t.Errorf("%s: %v", c.tex, err)
		}
	}
}

func TestLongFormulasMayBeBroken(t *testing.T) {
	for _, c := range []struct {
		tex     string
		display bool
		parts   int
	}{
		{`H(p) = -p \ln p - (1-p) \ln(1-p)`, false, 3}, // behind = and the second minus
		{`|\kappa - \lambda - \lambda| + \lambda`, false, 2},
		{`\kappa = 1`, false, 1},
		{`\kappa = 1, \qquad \left( \lambda \quad \rho \right)`, true, 2},
	} {
		got, err := MathML(c.tex, c.display)
		if err != nil || strings.Count(got, "<math") != c.parts {
			t.Errorf("%s: %s, %v: want %d parts", c.tex, got, err, c.parts)
		}
	}
}

func TestWhatIsNotKnownIsAnError(t *testing.T) {
	for tex, want := range map[string]string{
		``:                              "empty",
		`\foo x`:                        `character 1: the command \foo is not known`,
		`x + \foo`:                      "character 5",
		`\frac{1`:                       "ends before }",
		`\frac1`:                        "ends where an argument should be",
		`x}`:                            "nothing to close",
		`a_b_c`:                         "second _",
		`x^`:                            "ends where an argument",
		`_2`:                            "nothing before",
		`\left( x`:                      `ends before \right`,
		`x \right)`:                     "nothing to close",
		`\left x`:                       "no bracket",
		`\left`:                         "no bracket",
		`\begin{cases} 1 \end{cases}`:   "only pmatrix",
		`\begin{pmatrix} 1`:             "ends before",
		`\begin{pmatrix} 1 \end{cases}`: "is missing",
		`a & b`:                         "divide",
		`\text{a $b$}`:                  "more than text",
		`\mathbb{ab}`:                   "one capital letter",
		`\mathbb`:                       "one capital letter",
		`a ∀ b`:                         "character ∀",
		"\\":                            "not known",
		"\x00":                          "character",
		`\sqrt[3]{x}`:                   "write a power",
	} {
		if got, err := MathML(tex, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v, want an error with %q", tex, got, err, want)
		}
	}
}

// Whatever is typed becomes well-formed MathML without a rest of TeX, or an error.
func TestAnyFormulaIsWholeOrAnError(t *testing.T) {
	pieces := []string{`\frac`, `\sqrt`, "{", "}", "_", "^", "'", "x", "1", ".", `\left(`, `\right)`, `\ln`, "-", "=", "|", `\bar`, `\text{a}`, `\begin{pmatrix}`, `\end{pmatrix}`, "&", `\\`, `\,`, "ü", `\Big`, "(", ")", `\binom`, `\operatorname`, "*", `\sum`, "\\", "<"}
	rapid.Check(t, func(t *rapid.T) {
		tex := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 10).Draw(t, "pieces"), " ")
		got, err := MathML(tex, rapid.Bool().Draw(t, "display"))
		if err != nil {
			return
		}
		if err := wellFormed(got); err != nil {
			t.Fatalf("%s: %s: %v", tex, got, err)
		}
		if strings.Contains(got, `\`) {
			t.Fatalf("%s: %s has a backslash", tex, got)
		}
	})
}
