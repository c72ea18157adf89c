package train

// Best returns the place of the first record with the best accuracy on held out samples, -1
// where there is no record.
func Best(history []EpochRecord) int {
	best := -1
	for k, record := range history {
		if best < 0 || record.Held.Accuracy() > history[best].Held.Accuracy() {
			best = k
		}
	}
	return best
}
