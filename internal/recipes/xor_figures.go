package recipes

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
)

// parityKind returns the rows of networks with some modules and biases.
func parityKind(t *experiment.Table, modules, bias float64) *experiment.Table {
	return t.Where("modules", experiment.Number(modules)).Where("bias", experiment.Number(bias))
}

// overBits turns a curve over clusters into one over the bits of their index.
func overBits(c experiment.Curve, label string) experiment.Curve {
	c.Label = label
	for k, clusters := range c.X {
		c.X[k] = math.Log2(clusters)
	}
	return c
}

func parityFigures(t *experiment.Table) []experiment.Figure {
	const noise = 0.1
	bits := func(noise float64) experiment.Figure {
		f := experiment.Figure{
			Name: "bits", Title: fmt.Sprintf("Parity of the bits of a cluster index, noise %v", noise), X: "bits of the index", Y: "accuracy, %", Percent: true,
			Caption: "Accuracy on new samples after the last epoch. Bars are standard deviations over seeds. Grey: half the samples, the bound of all linear readers, and the best that any reader can do.",
		}
		part := t.Where("noise", experiment.Number(noise))
		for _, kind := range []struct {
			label         string
			modules, bias float64
			value         string
		}{
			{"one module", 1, parityBias, experiment.Accuracy},
			{"two modules", 2, parityBias, experiment.Accuracy},
			{"no biases", 1, 0, experiment.Accuracy},
			{"linear reader", 1, parityBias, linearAccuracy},
		} {
			f.Curves = append(f.Curves, overBits(parityKind(part, kind.modules, kind.bias).Curve("", "clusters", kind.value), kind.label))
		}
		chance, bound, best := experiment.Curve{Label: "chance"}, experiment.Curve{Label: "linear bound"}, experiment.Curve{Label: "best possible"}
		for _, b := range f.Curves[0].X {
			chance.Y, bound.Y, best.Y = append(chance.Y, 0.5), append(bound.Y, linearBound(int(b))), append(best.Y, parityPossible(int(b), noise))
		}
		for _, line := range []experiment.Curve{chance, bound, best} {
			line.X, line.Published = f.Curves[0].X, true
			f.Curves = append(f.Curves, line)
		}
		return f
	}
	return []experiment.Figure{
		bits(noise),
		noiseFigure(parityKind(t, 1, parityBias), "noise", "One module with biases", experiment.Accuracy),
		noiseFigure(parityKind(t, 2, parityBias), "noise-two", "Two modules with biases", experiment.Accuracy),
		noiseFigure(parityKind(t, 1, 0), "noise-unbiased", "One module without biases", experiment.Accuracy),
		noiseFigure(parityKind(t, 1, parityBias), "linear", "Linear reader", linearAccuracy),
	}
}

// noiseFigure draws a value over the noise for each number of clusters, with the best
// that can be done.
func noiseFigure(t *experiment.Table, name, title, value string) experiment.Figure {
	f := experiment.Figure{
		Name: name, Title: title + ": accuracy against the noise", X: "share of signs that are turned", Y: "accuracy, %", Percent: true,
		Caption: "Accuracy on new samples after the last epoch. Bars are standard deviations over seeds. Lines: the best that any reader can do.",
	}
	var best []experiment.Curve
	for _, clusters := range t.Places("clusters") {
		c := t.Where("clusters", clusters).Curve(clusters.String()+" clusters", "noise", value)
		f.Curves = append(f.Curves, c)
		count, _ := clusters.Number()
		limit := experiment.Curve{Label: clusters.String() + ", possible", X: c.X, Plain: true, Dashed: true}
		for _, noise := range c.X {
			limit.Y = append(limit.Y, parityPossible(indexBits(int(count)), noise))
		}
		best = append(best, limit)
	}
	f.Curves = experiment.Paired(f.Curves, best)
	return f
}

// parityFindings says in words what the figures show.
func parityFindings(t *experiment.Table) []string {
	var found []string
	for _, kind := range []struct {
		name          string
		modules, bias float64
	}{{"One module with biases", 1, parityBias}, {"Two modules with biases", 2, parityBias}, {"One module without biases", 1, 0}} {
		part := parityKind(t, kind.modules, kind.bias)
		if texts := reachedAt(part, 0.1); len(texts) > 0 {
			found = append(found, fmt.Sprintf("%s: at noise 0.1 the accuracy is %s.", kind.name, strings.Join(texts, ", ")))
		}
		if texts := withstood(part); len(texts) > 0 && kind.bias > 0 {
			found = append(found, fmt.Sprintf("%s: the largest noise at which the accuracy is within five points of the best possible is %s.", kind.name, strings.Join(texts, ", ")))
		}
	}
	return append(found, append(linearFindings(t), oddFindings(t)...)...)
}

// reachedAt lists the accuracies at a noise.
func reachedAt(t *experiment.Table, noise float64) []string {
	var texts []string
	for _, row := range t.Where("noise", experiment.Number(noise)).Rows {
		if s, ok := row.Values[experiment.Accuracy]; ok {
			texts = append(texts, fmt.Sprintf("%s with %v clusters", experiment.Percent(s.Mean), t.Number(row, "clusters")))
		}
	}
	return texts
}

// withstood lists the largest noise that costs less than five points.
func withstood(t *experiment.Table) []string {
	var texts []string
	for _, clusters := range t.Places("clusters") {
		most, any := 0.0, false
		for _, row := range t.Where("clusters", clusters).Rows {
			count, _ := clusters.Number()
			noise := t.Number(row, "noise")
			if s, ok := row.Values[experiment.Accuracy]; ok && s.Mean > parityPossible(indexBits(int(count)), noise)-0.05 {
				most, any = max(most, noise), true
			}
		}
		if any {
			texts = append(texts, fmt.Sprintf("%v with %s clusters", most, clusters))
		}
	}
	return texts
}

// linearFindings says how linear readers do.
func linearFindings(t *experiment.Table) []string {
	sum, least, most, count := 0.0, 1.0, 0.0, 0.0
	for _, row := range parityKind(t, 1, parityBias).Rows {
		if s, ok := row.Values[linearAccuracy]; ok {
			sum, least, most, count = sum+s.Mean, min(least, s.Mean), max(most, s.Mean), count+1
		}
	}
	if count == 0 {
		return nil
	}
	var bounds []string
	for _, clusters := range t.Places("clusters") {
		number, _ := clusters.Number()
		bounds = append(bounds, fmt.Sprintf("%s with %s clusters", experiment.Percent(linearBound(indexBits(int(number)))), clusters))
	}
	return []string{fmt.Sprintf("The linear reader is right in %s of new samples on average over the grid (%s to %s); chance is 50 %%, and no linear reader is right in more than %s.",
		experiment.Percent(sum/count), experiment.Percent(least), experiment.Percent(most), strings.Join(bounds, ", "))}
}

// oddFindings compares even and odd numbers of bits without biases.
func oddFindings(t *experiment.Table) []string {
	var sums, counts [2]float64
	for _, row := range parityKind(t, 1, 0).Rows {
		if s, ok := row.Values[experiment.Accuracy]; ok && t.Number(row, "noise") <= 0.1 {
			odd := indexBits(int(t.Number(row, "clusters"))) % 2
			sums[odd] += s.Mean
			counts[odd]++
		}
	}
	if counts[0] == 0 || counts[1] == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Without biases, up to noise 0.1, the accuracy is %s where the index has an odd number of bits and %s where it has an even one: a network without biases answers the opposite to the opposite input, "+
		"and the parity of an even number of bits stays when all are turned.", experiment.Percent(sums[1]/counts[1]), experiment.Percent(sums[0]/counts[0]))}
}
