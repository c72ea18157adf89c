package protocol

// Moment is a point of a mini-batch at which a [Watcher] is told.
type Moment uint8

// The moments of a mini-batch, in their order for each range of samples. Moved comes once for
// each phase.
const (
	// Loaded: the inputs are there, every neuron is unset.
	Loaded Moment = iota
	// Driven: the fields W x + b of the inputs are there.
	Driven
	// Begun: the first sweep is done, and the product of the couplings with its states.
	Begun
	// Moved: the sweeps of a phase are done.
	Moved
	// Judged: the fields without feedback and the margins of the state reached are known.
	Judged
	// Read: the readout has seen the states that it learns on.
	Read
	// RecurrentLearned, InputLearned and ReadoutLearned: J and learned links, W, O have
	// changed. They do not come in [Learner.Show].
	RecurrentLearned
	InputLearned
	ReadoutLearned
)

// Watcher is told when samples from..to of a mini-batch, counted in it, have come to a
// moment of learner; phase is that of Moved, else "". [Learner.State] and
// [Learner.Result] show them. With several workers, calls for different samples run at
// once.
type Watcher func(moment Moment, phase ReadoutState, learner *Learner, from, to int)

// Watch tells w, from the next mini-batch on; nil tells nobody. A watcher changes the
// order in which memory is passed over, and no result.
func (l *Learner) Watch(w Watcher) { l.watcher = w }

func (l *Learner) tell(moment Moment, phase ReadoutState, from, to int) {
	if l.watcher != nil {
		l.watcher(moment, phase, l, from, to)
	}
}
