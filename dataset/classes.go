package dataset

import "strings"

// ClassCounts returns the number of samples of each of the classes. Labels of no class count
// nowhere.
func ClassCounts(labels []int, classes int) []int {
	counts := make([]int, classes)
	for _, label := range labels {
		if label >= 0 && label < classes {
			counts[label]++
		}
	}
	return counts
}

// Majority returns the class with most samples, the first of equals, and its share of all:
// the accuracy of always saying that class. Without samples the share is 0.
func Majority(counts []int) (class int, share float64) {
	total := 0
	for c, n := range counts {
		total += n
		if n > counts[class] {
			class = c
		}
	}
	if total == 0 {
		return class, 0
	}
	return class, float64(counts[class]) / float64(total)
}

// truthNames returns the classes of true and false, by these names, where a set has these
// two; nil for other sets.
func truthNames(names []string) map[string]int {
	if len(names) != 2 {
		return nil
	}
	truth := map[string]int{}
	for class, name := range names {
		truth[strings.ToLower(name)] = class
	}
	_, no := truth["false"]
	_, yes := truth["true"]
	if !no || !yes {
		return nil
	}
	return truth
}
