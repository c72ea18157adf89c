package recipes

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
)

// capacityFindings says in words what the figures show.
func capacityFindings(t *experiment.Table) []string {
	var found []string
	for _, margin := range t.Places("margin") {
		found = append(found, thresholdFindings(stored(t, margin, byNorm), margin)...)
	}
	found = append(found, coverFindings(stored(t, experiment.Number(0), byNorm))...)
	found = append(found, passFindings(t)...)
	return append(found, numberFindings(t)...)
}

// thresholdFindings says up to which load the rule converges, by N.
func thresholdFindings(t *experiment.Table, margin experiment.Place) []string {
	var halves, widths []string
	for _, n := range t.Places("neurons") {
		c := loads(t.Where("neurons", n), "")
		if half, ok := crossing(c, 0.5); ok {
			halves = append(halves, fmt.Sprintf("%.3f at N = %s", half, n))
		}
		from, some := crossing(c, 0.9)
		if to, few := crossing(c, 0.1); some && few {
			widths = append(widths, fmt.Sprintf("%.3f at N = %s", to-from, n))
		}
	}
	if len(halves) == 0 {
		return nil
	}
	text := fmt.Sprintf("With the margin k = %s of the norm half of the neurons hold all patterns at alpha / alpha_c = %s.", margin, strings.Join(halves, ", "))
	if len(widths) > 0 {
		text += fmt.Sprintf(" Their share falls from 90 to 10 %% over %s.", strings.Join(widths, ", "))
	}
	if beyond, ok := beyond(largest(t)); ok {
		text += " " + beyond
	}
	if k, _ := margin.Number(); k < 0 {
		text += " Here alpha_c is replica symmetric and an upper bound only."
	}
	return []string{text}
}

// beyond says how many neurons hold more than the bound at the largest load.
func beyond(t *experiment.Table) (string, bool) {
	c := loads(t, "")
	if len(c.X) == 0 || c.X[len(c.X)-1] <= 1 {
		return "", false
	}
	last := len(c.X) - 1
	return fmt.Sprintf("It is %s at %.2f alpha_c and %s at %.2f alpha_c%s.", experiment.Percent(c.Y[0]), c.X[0], experiment.Percent(c.Y[last]), c.X[last], sizeLabel(t)), true
}

// coverFindings holds the share without a margin to the exact one.
func coverFindings(t *experiment.Table) []string {
	rows, above := 0, 0
	farthest, where := 0.0, ""
	for _, row := range t.Rows {
		s, ok := row.Values["solved"]
		n := t.Number(row, "neurons")
		exact := separable(math.Round(row.Values["alpha"].Mean*n), n-1)
		if !ok {
			continue
		}
		rows++
		sigma := math.Sqrt(max(exact*(1-exact), 1/n) / (n * float64(row.Seeds)))
		if s.Mean > exact+2*sigma {
			above++
		}
		if exact-s.Mean > farthest {
			farthest = exact - s.Mean
			where = fmt.Sprintf("N = %v, load %v: %s of %s", n, t.Number(row, "load"), experiment.Percent(s.Mean), experiment.Percent(exact))
		}
	}
	if rows == 0 {
		return nil
	}
	text := fmt.Sprintf("Without a margin the share is held to the exact share of neurons for which couplings exist at this N (Cover), at %d points; it is above it by more than two standard errors at %d.", rows, above)
	if where != "" {
		text += fmt.Sprintf(" It is most below at %s: what the passes did not suffice for.", where)
	}
	return []string{text}
}

// passFindings says what a tenth of the passes gives.
func passFindings(t *experiment.Table) []string {
	var texts []string
	for _, margin := range t.Places("margin") {
		c := halves(largest(stored(t, margin, byNorm)))
		if len(c.X) < 2 {
			continue
		}
		last := len(c.X) - 1
		early := last
		for early > 0 && c.X[early] > c.X[last]/10 {
			early--
		}
		texts = append(texts, fmt.Sprintf("%.3f alpha_c after %v passes and %.3f after %v at k = %s", c.Y[early], c.X[early], c.Y[last], c.X[last], margin))
	}
	if len(texts) == 0 {
		return nil
	}
	return []string{"The load that half of the neurons hold grows with the passes: " + strings.Join(texts, ", ") + "."}
}

// numberFindings says what the rule does where kappa and J_D are fixed.
func numberFindings(t *experiment.Table) []string {
	var found []string
	grown := stored(t, experiment.Number(0.5), byNumber)
	if half, ok := crossing(loads(grown, ""), 0.5); ok {
		text := fmt.Sprintf("With kappa - J_D = 0.5 a fixed number half of the neurons hold all patterns at alpha = %.3f, beyond alpha_c(0.5) = 0.961: the couplings grow, and the margin is less beside them.", 2*half)
		for _, row := range grown.Rows {
			if s, ok := row.Values["reached"]; ok && t.Number(row, "load") == 0.4 {
				alpha := row.Values["alpha"].Mean
				text += fmt.Sprintf(" At alpha = %.2f the neurons end with the margin %.3f over the norm; the greatest there is, of many neurons, is %.3f.", alpha, s.Mean, greatestMargin(alpha))
			}
		}
		found = append(found, text)
	}
	if shrunk := stored(t, experiment.Number(-0.5), byNumber); len(shrunk.Rows) > 0 {
		last := shrunk.Rows[len(shrunk.Rows)-1]
		found = append(found, fmt.Sprintf("With kappa - J_D = -0.5 a fixed number %s of the neurons hold %.1f patterns per neuron, %.1f times alpha_c(-0.5): the couplings shrink until the self-coupling holds every state.",
			experiment.Percent(last.Values["solved"].Mean), last.Values["alpha"].Mean, t.Number(last, "load")))
	}
	return found
}

// greatestMargin is the margin k >= 0 with alpha_c(k) = alpha, for alpha up to 2.
func greatestMargin(alpha float64) float64 {
	least, most := 0.0, 10.0
	for range 50 {
		k := (least + most) / 2
		if bound, err := storageBound(k, byNorm); err == nil && bound > alpha {
			least = k
		} else {
			most = k
		}
	}
	return least
}
