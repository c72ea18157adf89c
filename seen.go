package basin

import (
	"slices"

	"basin/dataset"
)

// rows returns the hashes of the rows to learn, ascending; none of a task that [Prepare] did
// not make.
func (t *Task) rows() []uint64 {
	if t.hashes == nil && t.learned != nil {
		t.hashes = ascending(t.learned)
	}
	return t.hashes
}

func ascending(s *dataset.Set) []uint64 {
	hashes := s.RowHashes()
	slices.Sort(hashes)
	return hashes
}

// Seen says for each sample, as it was read, whether the model has learned a row of the same
// values, under whatever label; nil where the file of the model does not tell. Different rows
// are taken for equal with a probability of 2^-64 each.
func (m *Model) Seen(s *dataset.Set) []bool {
	m.learning.RLock()
	defer m.learning.RUnlock()
	if len(m.TrainingRows) == 0 || s == nil {
		return nil
	}
	seen := make([]bool, s.Count())
	for i, hash := range s.RowHashes() {
		_, seen[i] = slices.BinarySearch(m.TrainingRows, hash)
	}
	return seen
}

// HasLearned reports whether the model has learned no other rows than those of s, each as
// often as s has it at most. If not, or where the file of the model does not tell, s is not
// the training set: its source has changed, or is another one.
func (m *Model) HasLearned(s *dataset.Set) bool {
	m.learning.RLock()
	defer m.learning.RUnlock()
	if s == nil {
		return false
	}
	rows, at := ascending(s), 0
	for _, hash := range m.TrainingRows {
		for at < len(rows) && rows[at] < hash {
			at++
		}
		if at == len(rows) || rows[at] != hash {
			return false
		}
		at++
	}
	return len(m.TrainingRows) > 0
}

// remember adds the rows of samples that were just learned, where those before are known.
func (m *Model) remember(s *dataset.Set) {
	if len(m.TrainingRows) == 0 {
		return
	}
	old, fresh := m.TrainingRows, ascending(s)
	merged := make([]uint64, 0, len(old)+len(fresh))
	for len(old) > 0 && len(fresh) > 0 {
		if fresh[0] < old[0] {
			old, fresh = fresh, old
		}
		merged = append(merged, old[0])
		old = old[1:]
	}
	m.TrainingRows = append(append(merged, old...), fresh...)
}
