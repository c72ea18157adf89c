// Package spelling finds the word that a misspelt one was meant to be, for error
// messages that suggest it.
package spelling

import "strings"

// Nearest returns the candidate with the smallest edit distance to word, upper and lower
// case being equal, the first among equals, or "" if none is near enough to be a
// misspelling.
func Nearest(word string, candidates []string) string {
	if len(word) > 100 {
		return ""
	}
	best, limit := "", max(1, (len(word)+1)/3)
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d <= limit {
			best, limit = candidate, d-1
		}
	}
	return best
}

// distance returns the number of insertions, deletions, replacements and swaps of
// neighbours that turn a into b, no place edited twice.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
