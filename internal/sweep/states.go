package sweep

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"basin/internal/experiment"
)

// states are trainings under way in the object store, of programs of one version.
type states struct {
	ctx     context.Context
	cluster *Cluster
	version string

	mutex   sync.Mutex
	touched map[string]bool // names that are there, as far as is known here
}

// States returns the trainings under way of programs of a version.
func (c *Cluster) States(ctx context.Context, version string) experiment.States {
	return &allStates{states{ctx: ctx, cluster: c, version: version, touched: map[string]bool{}}}
}

// allStates forget what others have stored, too.
type allStates struct{ states }

// Drop forgets what is kept under keys that begin with a text. Cost: it looks at all objects.
func (s *allStates) Drop(begin string) error {
	var list []*jetstream.ObjectInfo
	err := s.cluster.again(s.ctx, func() (err error) {
		list, err = s.cluster.objects.List(s.ctx)
		if errors.Is(err, jetstream.ErrNoObjectsFound) {
			list, err = nil, nil
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, object := range list {
		s.touch(object.Name)
	}
	return s.states.Drop(begin)
}

const stateObject = "state."

func (s *states) name(key string) string { return stateObject + token(s.version) + "." + key }

func (s *states) touch(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.touched[name] = true
}

// Load returns what is kept under a key.
func (s *states) Load(key string) (state []byte, err error) {
	name := s.name(key)
	err = s.cluster.again(s.ctx, func() (err error) {
		state, err = s.cluster.objects.GetBytes(s.ctx, name)
		if errors.Is(err, jetstream.ErrObjectNotFound) {
			state, err = nil, nil
		}
		return err
	})
	if state != nil {
		s.touch(name)
	}
	return state, err
}

// Store replaces what is kept under a key. A cell that was interrupted is kept although its
// context has ended.
func (s *states) Store(key string, state []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.cluster.patience.acknowledge)
	defer cancel()
	name := s.name(key)
	s.touch(name)
	return s.cluster.again(ctx, func() error {
		_, err := s.cluster.objects.PutBytes(ctx, name, state)
		return err
	})
}

// Drop forgets what was kept under keys that begin with a text, as far as it was loaded or
// stored here.
func (s *states) Drop(begin string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var faults []error
	for name := range s.touched {
		if !strings.HasPrefix(name, s.name(begin)) {
			continue
		}
		delete(s.touched, name)
		err := s.cluster.again(s.ctx, func() error { return s.cluster.objects.Delete(s.ctx, name) })
		if err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}
