package recipes

import (
	"fmt"
	"strings"

	"basin/internal/experiment"
	"basin/internal/paired"
)

// overSeeds returns a difference of two learners on samples that are the same for all seeds.
func overSeeds(s experiment.Statistic) paired.Difference {
	return paired.Difference{Mean: s.Mean, Deviation: s.Deviation, Count: s.N}
}

// nameOf names a row in sentences.
func nameOf(row experiment.Row) string { return row.At[0].String() + ", " + row.At[1].String() }

// contestFindings says where the recurrent network wins and loses, row by row, and in all.
func contestFindings(t *experiment.Table) []string {
	var found, against []string
	counts := map[paired.Verdict]int{}
	for _, row := range t.Rows {
		for _, name := range rivalNames[1:] {
			parts := map[paired.Verdict][]string{}
			for _, m := range measures {
				s, there := row.Values[overRival(m.name, name)]
				if !there || m.state {
					continue
				}
				v := overSeeds(s).Judge()
				counts[v]++
				text := m.title
				if v != paired.Open {
					text += " (" + overSeeds(s).Points(1) + ")"
				}
				parts[v] = append(parts[v], text)
			}
			if len(parts) == 0 {
				continue
			}
			var said []string
			for _, v := range []struct {
				paired.Verdict
				word string
			}{{paired.Wins, "better"}, {paired.Loses, "worse"}, {paired.Open, "undecided"}} {
				if list := parts[v.Verdict]; len(list) > 0 {
					said = append(said, v.word+": "+strings.Join(list, ", "))
				}
			}
			found = append(found, fmt.Sprintf("%s, recurrent against %s, in points: %s.", nameOf(row), name, strings.Join(said, "; ")))
		}
		if best := unbeaten(row); len(best) > 0 {
			against = append(against, fmt.Sprintf("%s: %s", nameOf(row), strings.Join(best, ", ")))
		}
		found = append(found, stateFindings(row)...)
	}
	total := counts[paired.Wins] + counts[paired.Loses] + counts[paired.Open]
	if total == 0 {
		return found
	}
	summary := fmt.Sprintf("Of %d comparisons at equally many couplings the recurrent network wins %d and loses %d, with intervals of 95 %%; %d are undecided. Where there is no difference at all, chance decides about 1 in 20, either way.",
		total, counts[paired.Wins], counts[paired.Loses], counts[paired.Open])
	if len(against) > 0 {
		summary += " It wins against every rival that is measured in: " + strings.Join(against, "; ") + "."
	} else {
		summary += " Nowhere does it win against every rival that is measured."
	}
	return append([]string{summary}, found...)
}

// unbeaten returns the measures of a row in which the recurrent network wins against every rival
// that is measured.
func unbeaten(row experiment.Row) []string {
	var best []string
	for _, m := range measures {
		rivals, won := 0, 0
		for _, name := range rivalNames[1:] {
			if s, there := row.Values[overRival(m.name, name)]; there && !m.state {
				rivals++
				if overSeeds(s).Judge() == paired.Wins {
					won++
				}
			}
		}
		if rivals > 0 && won == rivals {
			best = append(best, m.title)
		}
	}
	return best
}

// stateFindings says what becomes of turned neurons, and of those that see nothing.
func stateFindings(row experiment.Row) []string {
	share := func(measure, name string) (string, bool) {
		s, there := row.Values[ofRival(measure, name)]
		return experiment.Percent(s.Mean), there
	}
	var parts []string
	for _, name := range rivalNames {
		on, there := share(back+scattered, name)
		near, _ := share(back+patch, name)
		off, _ := share(back+without, name)
		if there {
			parts = append(parts, fmt.Sprintf("%s %s of neurons turned anywhere, %s of neighbours, %s with the input off", name, on, near, off))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s, neurons that return: %s.", nameOf(row), strings.Join(parts, "; "))
	parts = nil
	for _, name := range rivalNames {
		if first, there := row.Values[ofRival(completeFirst, name)]; there {
			parts = append(parts, fmt.Sprintf("%s %.3f and %.3f", name, first.Mean, row.Values[ofRival(complete, name)].Mean))
		}
	}
	if len(parts) > 0 {
		text += " Overlap of the state of half an image with that of the whole, after the first sweep and at the end: " + strings.Join(parts, "; ") + "."
	}
	return []string{text}
}

// contestTables has the measures of each row in lines.
func contestTables(t *experiment.Table) []experiment.TextTable {
	var tables []experiment.TextTable
	for _, row := range t.Rows {
		head, place := []string{"measure"}, map[string]int{}
		for _, over := range []bool{false, true} {
			for _, name := range rivalNames {
				if _, there := row.Values[ofRival(undisturbed, name)]; !there || over && name == recurrent {
					continue
				}
				title := name
				if over {
					title = recurrent + " less " + name + " (95 %)"
				}
				place[title] = len(head)
				head = append(head, title)
			}
		}
		table := experiment.TextTable{Title: nameOf(row) + " (means over strengths; differences in points)", Head: head}
		for _, m := range measures {
			line, some := make([]string, len(head)), false
			line[0] = m.title
			for _, name := range rivalNames {
				if s, there := row.Values[ofRival(m.name, name)]; there {
					v, _ := t.Recipe.Value(ofRival(m.name, name))
					line[place[name]], some = v.Text(s.Mean), true
					if s.N > 1 {
						line[place[name]] += " ± " + strings.TrimSuffix(v.Text(s.Deviation), " %")
					}
				}
				if s, there := row.Values[overRival(m.name, name)]; there && !m.overlap {
					line[place[recurrent+" less "+name+" (95 %)"]] = overSeeds(s).Points(1)
				}
			}
			if some {
				table.Rows = append(table.Rows, line)
			}
		}
		tables = append(tables, table)
	}
	return tables
}
