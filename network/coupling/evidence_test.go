package coupling

import "testing"

// The kernel of short words reads the word of a sender together with the next.
func TestEvidenceHasAWordBeyondTheLastSender(t *testing.T) {
	for _, n := range []int{16, 2000, 2048, 16384} {
		e, s := NewEvidence(n, 16), NewSparse(Shape{Receivers: n, Senders: n, FanIn: 1, Hollow: true})
		if room := cap(e.short.senderSigns); room <= s.sending() {
			t.Errorf("%d senders: room for %d words, want more", s.sending(), room)
		}
	}
}

// Inputs are listed by group of samples, the last of which may have some only; the room for the
// list is there from the start.
func TestEvidenceHasRoomForTheInputsOfEveryGroup(t *testing.T) {
	for _, samples := range []int{8, 9, 12, 16} {
		s := NewSparseInput(Shape{Receivers: 16, Senders: 16, FanIn: 8})
		if err := s.Fill(func(int) ([]int32, error) { return []int32{0, 3, 7}, nil }, func(int, []float32) {}); err != nil {
			t.Fatal(err)
		}
		e := NewEvidence(16, samples)
		for range (samples + 7) / 8 {
			e.Unstable, e.Signs = append(e.Unstable, make([]uint8, 64)), append(e.Signs, make([]uint8, 64))
		}
		for range samples {
			e.Inputs = append(e.Inputs, make([]float32, 16))
		}
		before := cap(e.rows)
		if s.Learn(e, 0, 1); cap(e.rows) != before {
			t.Errorf("%d samples: room for %d inputs grew to %d", samples, before, cap(e.rows))
		}
	}
}
