package dataset

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
