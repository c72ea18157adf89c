package recipes

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
	"basin/manifold/solve"
	"basin/theory"
)

// scaleFindings says for each part of the claim what the figures show, at which sizes.
func scaleFindings(t *experiment.Table) []string {
	var found []string
	for _, sentences := range []func(*experiment.Table) []string{
		existenceFindings, halfFindings, lawFindings, chainFindings, inputFindings, labelFindings, cycleFindings, aroundFindings, nearFindings, walkFindings, marginFindings, openFindings,
	} {
		found = append(found, sentences(t)...)
	}
	return found
}

func existenceFindings(t *experiment.Table) []string {
	rows := scalePart(t, partExistence, "").Rows
	if len(rows) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Existence: exponentially many fixed points for every J_D > 0, by an exact first moment that the second confirms (theory). Below J_D = %.3f some overlap has no tuple of fixed points, a proof; above it no first moment forbids any.", rows[0].Values["gap"].Mean)}
}

// halfFindings gives the thresholds of the solvers by N.
func halfFindings(t *experiment.Table) []string {
	var found []string
	for _, s := range solverNames {
		some := scalePart(t, partSelf, s.solver)
		var parts []string
		for _, n := range some.Places("neurons") {
			size := some.Where("neurons", n)
			if at, ok := halfSolved(size); ok {
				parts = append(parts, fmt.Sprintf("%.3f at N = %s", at, n))
				continue
			}
			first, last := size.Rows[0], size.Rows[len(size.Rows)-1]
			if first.Values["solved"].Mean > 0.5 {
				parts = append(parts, fmt.Sprintf("below %v at N = %s", size.Number(first, "self_coupling"), n))
			} else {
				parts = append(parts, fmt.Sprintf("above %v at N = %s", size.Number(last, "self_coupling"), n))
			}
		}
		if len(parts) > 0 {
			found = append(found, fmt.Sprintf("Threshold of %s, where half of the searches succeed: J_D = %s (figures thresholds, solved-%s).", s.name, listed(parts), s.solver))
		}
	}
	return found
}

// lawFindings says how the time of dynamics grows.
func lawFindings(t *experiment.Table) []string {
	var found []string
	for _, s := range solverNames[:2] {
		some := scalePart(t, partSelf, s.solver)
		for _, jd := range some.Places("self_coupling") {
			neurons, logs, errors := medians(some.Where("self_coupling", jd))
			if len(logs) < 2 {
				continue
			}
			times := lawOf(neurons, logs, errors)
			text := times.String()
			for _, row := range some.Where("self_coupling", jd).Rows {
				if n := some.Number(row, "neurons"); n > neurons[len(neurons)-1] {
					power, exponential := times.at(n)
					text += fmt.Sprintf("; at N = %v, where these give %.3g and %.3g, the median is beyond the budget", n, power, exponential)
				}
			}
			found = append(found, fmt.Sprintf("Median time of %s at J_D = %s: %s (figure time-%s).", s.name, jd, text, s.solver))
		}
	}
	return found
}

// chainFindings says from which lambda on fixed points are found.
func chainFindings(t *experiment.Table) []string {
	var found []string
	for _, k := range []int{0, 2} {
		s := solverNames[k]
		some := scalePart(t, partChain, s.solver)
		var parts []string
		for _, jd := range some.Places("self_coupling") {
			line := some.Where("self_coupling", jd)
			text := fmt.Sprintf("none of the grid at J_D = %s", jd)
			for _, row := range line.Rows {
				if row.Values["solved"].Mean >= 0.5 {
					text = fmt.Sprintf("%v at J_D = %s", line.Number(row, "lambda"), jd)
					break
				}
			}
			parts = append(parts, text)
		}
		if len(parts) > 0 {
			found = append(found, fmt.Sprintf("Two modules, N = %s in all, %s: a fixed point is found in half of the networks or more from lambda = %s (figure plane-%s).", some.Places("neurons")[0], s.name, listed(parts), s.solver))
		}
	}
	return found
}

// inputFindings says what an input does to dynamics.
func inputFindings(t *experiment.Table) []string {
	some := scalePart(t, partInput, "")
	var found []string
	for _, jd := range some.Places("self_coupling") {
		var parts []string
		for _, row := range some.Where("self_coupling", jd).Rows {
			text := fmt.Sprintf("%s at a = %v", experiment.Percent(row.Values["solved"].Mean), some.Number(row, "input"))
			if time, ok := row.Values["time"]; ok {
				text += fmt.Sprintf(" (%.0f sweeps)", time.Mean)
			}
			parts = append(parts, text)
		}
		found = append(found, fmt.Sprintf("Input: at J_D = %s and N = %s sequential sweeps find a fixed point in %s (figure input).", jd, some.Places("neurons")[0], listed(parts)))
	}
	return found
}

// labelFindings says what a label does, and what is left of it.
func labelFindings(t *experiment.Table) []string {
	some := scalePart(t, partLabel, "")
	var found []string
	for _, row := range some.Rows {
		found = append(found, fmt.Sprintf("Label: J_D = 0.5, a = %v, f = %v, N = %v: %s settle with the label and %s without it, where the state overlaps by %.3f with that of the label (figure label).",
			some.Number(row, "input"), some.Number(row, "label"), some.Number(row, "neurons"), experiment.Percent(row.Values["solved"].Mean), experiment.Percent(row.Values["free"].Mean), row.Values["kept"].Mean))
	}
	return found
}

// cycleFindings says where parallel sweeps end.
func cycleFindings(t *experiment.Table) []string {
	some := scalePart(t, partSymmetry, "")
	var found []string
	for _, n := range some.Places("neurons") {
		var parts []string
		for _, row := range some.Where("neurons", n).Rows {
			v := row.Values
			text := fmt.Sprintf("%s, %s and %s at symmetry %v", experiment.Percent(v["solved"].Mean), experiment.Percent(v["period_2"].Mean), experiment.Percent(v["longer"].Mean), some.Number(row, "symmetry"))
			if period, ok := v["period"]; ok {
				text += fmt.Sprintf(" (median period %v)", period.Mean)
			}
			parts = append(parts, text)
		}
		found = append(found, fmt.Sprintf("Cycles: without self-coupling parallel sweeps end at fixed points, cycles of period 2 and longer ones in %s, N = %s; the others find none in 10,000 sweeps (figure cycles-%s).", listed(parts), n, n))
	}
	return found
}

// aroundAtDistances are the distances 1 - q at which the findings compare.
var aroundAtDistances = []float64{0.01, 0.05, 0.2}

// aroundFindings gives the local entropies beside S_FP.
func aroundFindings(t *experiment.Table) []string {
	some := scalePart(t, partAround, "")
	var found []string
	for _, n := range some.Places("neurons") {
		for _, jd := range some.Where("neurons", n).Places("self_coupling") {
			number, _ := jd.Number()
			var parts []string
			for _, distance := range aroundAtDistances {
				theirs, err := theory.Ensemble{SelfCoupling: number}.LocalEntropy(1 - distance)
				if err != nil {
					continue
				}
				text := fmt.Sprintf("at 1 - q = %v S_FP is %.4f", distance, theirs)
				for _, row := range some.Where("neurons", n).Where("self_coupling", jd).Rows {
					method := some.At(row, "method").String()
					if s, ok := between(localEntropy(row, ""), distance); ok {
						text += fmt.Sprintf(", %s %.4f", method, s)
					} else if method == planted {
						text += ", planted: not converged"
					}
				}
				parts = append(parts, text)
			}
			found = append(found, fmt.Sprintf("Local entropy at J_D = %s, N = %s: %s (figure around-%s-%s).", jd, n, strings.Join(parts, "; "), n, jd))
		}
	}
	return found
}

// nearFindings gives the exact numbers of neighbours within one and two neurons.
func nearFindings(t *experiment.Table) []string {
	some := scalePart(t, partAround, "")
	var found []string
	for _, n := range some.Places("neurons") {
		for _, jd := range some.Where("neurons", n).Places("self_coupling") {
			size, _ := n.Number()
			number, _ := jd.Number()
			e := theory.Ensemble{SelfCoupling: number}
			one, err := e.Around(int(size), 1)
			two, also := e.Around(int(size), 2)
			if err != nil || also != nil {
				continue
			}
			text := fmt.Sprintf("on average %.3g and %.3g around a typical one", one.Value, two.Value)
			for _, row := range some.Where("neurons", n).Where("self_coupling", jd).Rows {
				a, ok := row.Values["near_1"]
				if !ok {
					continue
				}
				text += fmt.Sprintf(", %s %.4g and %.4g", some.At(row, "method"), a.Mean, row.Values["near_2"].Mean)
			}
			found = append(found, fmt.Sprintf("Fixed points at distance 1 and 2, counted exactly, J_D = %s, N = %s: %s.", jd, n, text))
		}
	}
	return found
}

// walkFindings says what steps connect fixed points that are found.
func walkFindings(t *experiment.Table) []string {
	some := scalePart(t, partWalks, "")
	var found []string
	for _, method := range []string{string(solve.Reinforced), string(solve.Sequential)} {
		for _, jd := range some.Where("method", experiment.Word(method)).Places("self_coupling") {
			var parts []string
			for _, row := range some.Where("method", experiment.Word(method)).Where("self_coupling", jd).Rows {
				if longest, ok := row.Values["longest"]; ok {
					n := some.Number(row, "neurons")
					parts = append(parts, fmt.Sprintf("%.1f neurons at N = %v, where the ends differ in %.0f", longest.Mean, n, row.Values["distance"].Mean*n/2))
				}
			}
			if len(parts) > 0 {
				found = append(found, fmt.Sprintf("Connectivity: at J_D = %s a walk between two fixed points that %s finds needs a longest step of %s (figure walks).", jd, method, strings.Join(parts, "; ")))
			}
		}
	}
	return found
}

// marginFindings says how firm and how flat fixed points are, in the largest networks.
func marginFindings(t *experiment.Table) []string {
	some := scalePart(t, partWalks, "")
	sizes := some.Places("neurons")
	if len(sizes) == 0 {
		return nil
	}
	some = some.Where("neurons", sizes[len(sizes)-1])
	var found []string
	for _, jd := range some.Places("self_coupling") {
		number, _ := jd.Number()
		m, err := theory.Ensemble{SelfCoupling: number}.FixedPointMargins()
		if err != nil {
			continue
		}
		text := fmt.Sprintf("a typical one has the mean margin %.3f (theory)", m.Mean())
		for _, row := range some.Where("self_coupling", jd).Rows {
			if v, ok := row.Values["margin"]; ok {
				text += fmt.Sprintf("; %s %.3f, %s of its neurons stay turned and %s turn back", some.At(row, "method"), v.Mean, experiment.Percent(row.Values["stays"].Mean), experiment.Percent(row.Values["heals"].Mean))
			}
		}
		found = append(found, fmt.Sprintf("Flatness at J_D = %s, N = %s: %s (figure margins-%s).", jd, sizes[len(sizes)-1], text, jd))
	}
	return found
}

// openFindings says what these sizes do not show.
func openFindings(t *experiment.Table) []string {
	some := scalePart(t, partSelf, "")
	if len(some.Rows) == 0 {
		return nil
	}
	most := 0.0
	for _, row := range some.Rows {
		most = math.Max(most, some.Number(row, "neurons"))
	}
	text := "Open: whether the dynamical threshold has a limit below which times are exponential and above which they are not"
	if shift, ok := halfShift(scalePart(t, partSelf, string(solve.Sequential))); ok {
		text += fmt.Sprintf(" (it moves by %+.3f over the last doubling of N)", shift)
	}
	return []string{text + fmt.Sprintf("; N is at most %v, and a threshold within a budget is one of the budget too. Belief propagation assumes replica symmetry, so that local entropies close to a state are estimates, while the counts at distance 1 and 2 are exact; whether S stays positive between the two as N grows is not shown. A walk bounds the longest step that is needed from above only.", most)}
}

// halfShift is how much the threshold moves from the last but one size to the last.
func halfShift(t *experiment.Table) (float64, bool) {
	sizes := t.Places("neurons")
	if len(sizes) < 2 {
		return 0, false
	}
	a, some := halfSolved(t.Where("neurons", sizes[len(sizes)-2]))
	b, both := halfSolved(t.Where("neurons", sizes[len(sizes)-1]))
	return b - a, some && both
}
