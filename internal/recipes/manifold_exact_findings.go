package recipes

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
)

// manifoldFindings says in words what the figures show, and what they cannot.
func manifoldFindings(t *experiment.Table) []string {
	var found []string
	for _, sentences := range []func(*experiment.Table) []string{agreementFindings, exponentFindings, neighbourFindings, restFindings, componentFindings, limitFindings} {
		found = append(found, sentences(t)...)
	}
	return found
}

// agreementFindings holds the numbers of fixed points and of neighbours to the exact averages.
func agreementFindings(t *experiment.Table) []string {
	count, off, far := 0, 0, 0.0
	where := ""
	for _, row := range t.Rows {
		s, ok := row.Values["count"]
		k := kindOf(t, row)
		want, err := k.Chain().FixedPoints(k.Neurons)
		sigma := standardError(row, "count")
		if !ok || err != nil || sigma == 0 {
			continue
		}
		count++
		away := math.Abs(s.Mean-want.Value) / sigma
		if away > 2 {
			off++
		}
		if away > far {
			far, where = away, t.Recipe.Text(row.At)
		}
	}
	if count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("The mean number of fixed points is held to its exact average at %d points of the grid; it is more than two standard errors away at %d of them "+
		"(chance alone makes that about %.0f), farthest at %s: %.1f standard errors.", count, off, 0.0455*float64(count), where, far)}
}

// exponentFindings gives the growth of the number with each coupling alone.
func exponentFindings(t *experiment.Table) []string {
	var found []string
	say := func(row experiment.Row, alone string) {
		s, ok := row.Values["count"]
		k := kindOf(t, row)
		exact, err := k.Chain().FixedPoints(k.Neurons)
		limit, limitErr := k.Chain().Entropy()
		if !ok || s.Mean <= 0 || err != nil || limitErr != nil {
			return
		}
		total := t.Number(row, "neurons")
		found = append(found, fmt.Sprintf("With %s the number of fixed points grows as exp(%.4f ± %.4f N) at N = %v; exact there %.4f, for many neurons %.4f.",
			alone, math.Log(s.Mean)/total, standardError(row, "count")/s.Mean/total, total, exact.Log/total, limit))
	}
	for _, jd := range []float64{aroundAt, 0.5} {
		if row, ok := largestRow(t, jd); ok {
			say(row, fmt.Sprintf("the self-coupling J_D = %v alone", jd))
		}
	}
	for _, modules := range []float64{2, 3} {
		if rows := chained(t, modules).Where("lambda", experiment.Number(1)).Rows; len(rows) > 0 {
			say(rows[len(rows)-1], fmt.Sprintf("lambda = 1 between %v modules alone, no self-coupling,", modules))
		}
	}
	return found
}

// neighbourFindings compares typical fixed points with reached ones.
func neighbourFindings(t *experiment.Table) []string {
	var found []string
	v, _ := t.Recipe.Value("reached_alone")
	for _, jd := range []float64{0.1, aroundAt, 0.5} {
		first, last, ok := ends(t, jd)
		if !ok {
			continue
		}
		text := func(row experiment.Row) string {
			return fmt.Sprintf("%.2f ± %.2f and %.2f ± %.2f at N = %v (%s and %s have none)",
				row.Values["typical"].Mean, standardError(row, "typical"), row.Values["reached"].Mean, standardError(row, "reached"), t.Number(row, "neurons"),
				v.Text(row.Values["typical_alone"].Mean), v.Text(row.Values["reached_alone"].Mean))
		}
		found = append(found, fmt.Sprintf("At J_D = %v a typical fixed point and a reached one have, within %d neurons, %s, and %s.", jd, nearby, text(first), text(last)))
	}
	return found
}

// ends returns the first and the last row of one module at a self-coupling.
func ends(t *experiment.Table, selfCoupling float64) (first, last experiment.Row, ok bool) {
	rows := singles(t).Where("self_coupling", experiment.Number(selfCoupling)).Rows
	if len(rows) < 2 {
		return experiment.Row{}, experiment.Row{}, false
	}
	return rows[0], rows[len(rows)-1], true
}

// restFindings says from how many starts a fixed point is reached.
func restFindings(t *experiment.Table) []string {
	var found []string
	for _, jd := range []float64{0.1, aroundAt} {
		first, last, ok := ends(t, jd)
		if !ok {
			continue
		}
		v, _ := t.Recipe.Value("rest_parallel")
		text := func(row experiment.Row, value string) string { return v.Text(row.Values[value].Mean) }
		found = append(found, fmt.Sprintf("At J_D = %v sequential sweeps bring %s of the starts to rest at N = %v and %s at N = %v; parallel sweeps %s and %s, the others end in cycles.",
			jd, text(first, "rest_sequential"), t.Number(first, "neurons"), text(last, "rest_sequential"), t.Number(last, "neurons"), text(first, "rest_parallel"), text(last, "rest_parallel")))
	}
	return found
}

// componentFindings says how the fixed points hang together.
func componentFindings(t *experiment.Table) []string {
	var falls, grows, examples []string
	v, _ := t.Recipe.Value("largest")
	for _, jd := range singles(t).Places("self_coupling") {
		x, _ := jd.Number()
		first, last, ok := ends(t, x)
		if !ok {
			continue
		}
		a, b := first.Values["largest"].Mean, last.Values["largest"].Mean
		sigma := math.Hypot(standardError(first, "largest"), standardError(last, "largest"))
		switch {
		case b < a-3*sigma:
			falls = append(falls, jd.String())
		case b > a+3*sigma:
			grows = append(grows, jd.String())
		}
		examples = append(examples, fmt.Sprintf("%s to %s at J_D = %s", v.Text(a), v.Text(b), jd))
	}
	if len(examples) == 0 {
		return nil
	}
	text := fmt.Sprintf("From the smallest to the largest N the share of fixed points in the largest component at distance %d goes from %s.", nearby, strings.Join(examples, ", "))
	if len(falls) > 0 && len(grows) > 0 {
		text += fmt.Sprintf(" It falls, beyond three standard errors, at J_D = %s and grows at J_D = %s.", strings.Join(falls, ", "), strings.Join(grows, ", "))
	}
	return []string{text}
}

// limitFindings says what these sizes cannot show.
func limitFindings(t *experiment.Table) []string {
	row, ok := largestRow(t, aroundAt)
	if !ok {
		return nil
	}
	return []string{
		gapSentence(int(t.Number(row, "neurons"))),
		"What cannot be said from these sizes: whether reached fixed points of large networks are clustered, and whether their graph has a giant component at a distance that is a fixed share of N. " +
			"Both need networks in which one neuron is a small share of the gap.",
	}
}
