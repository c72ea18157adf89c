package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"basin/internal/experiment"
)

// mostTries is how often a cell is given out before it counts as failed: what kills ten
// workers would kill the next.
const mostTries = 10

// slot computes one cell after another.
func (k *working) slot(ctx context.Context) {
	consumers := map[int]jetstream.Consumer{}
	for ctx.Err() == nil {
		classes, changed := k.classes()
		fits := slices.DeleteFunc(classes, func(class int) bool { return !k.room(class) })
		if len(fits) == 0 {
			pause(ctx, changed, min(time.Second, k.Cluster.patience.announce))
			continue
		}
		for i, class := range fits {
			taken, err := k.serve(ctx, consumers, class, i == len(fits)-1)
			if err != nil {
				delete(consumers, class) // it is made anew
				pause(ctx, changed, min(time.Second, k.Cluster.patience.announce))
			}
			if taken || err != nil {
				break
			}
		}
	}
}

// serve computes the next cell of a class, if there is one and its memory is left; wait waits a
// moment for it.
func (k *working) serve(ctx context.Context, consumers map[int]jetstream.Consumer, class int, wait bool) (taken bool, err error) {
	if !k.reserve(class) {
		return false, nil // another slot was faster
	}
	defer k.release(class)
	consumer, err := k.consumer(ctx, consumers, class)
	if err != nil {
		return false, err
	}
	message, err := next(consumer, wait)
	if message == nil {
		return false, err
	}
	k.cell(ctx, message)
	return true, nil
}

// pause waits for a change, or some time.
func pause(ctx context.Context, changed <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-changed:
	case <-timer.C:
	}
}

// consumer returns the consumer of a class, which all workers of a version share.
func (k *working) consumer(ctx context.Context, consumers map[int]jetstream.Consumer, class int) (jetstream.Consumer, error) {
	if c := consumers[class]; c != nil {
		return c, nil
	}
	c, err := k.Cluster.cells.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       token(k.Version) + "-" + strconv.Itoa(class),
		FilterSubject: strings.Join([]string{cellsSubject, token(k.Version), strconv.Itoa(class), ">"}, "."),
		AckPolicy:     jetstream.AckExplicitPolicy, AckWait: k.Cluster.patience.acknowledge,
		MaxDeliver: -1, MaxAckPending: -1, MaxWaiting: 4096, InactiveThreshold: keep,
	})
	if err == nil {
		consumers[class] = c
	}
	return c, err
}

// next returns the next message, nil if there is none; wait waits a second for one.
func next(c jetstream.Consumer, wait bool) (message jetstream.Msg, err error) {
	var batch jetstream.MessageBatch
	if wait {
		batch, err = c.Fetch(1, jetstream.FetchMaxWait(time.Second))
	} else {
		batch, err = c.FetchNoWait(1)
	}
	if err != nil {
		return nil, err
	}
	for m := range batch.Messages() {
		message = m
	}
	return message, batch.Error()
}

// cell computes the cell of a message and acknowledges it.
func (k *working) cell(ctx context.Context, message jetstream.Msg) {
	var w waiting
	if err := json.Unmarshal(message.Data(), &w); err != nil || w.Key == "" {
		k.Say(fmt.Sprintf("a message that is no cell: %v", err))
		_ = message.Term()
		return
	}
	records := records{ctx: ctx, cluster: k.Cluster, version: k.Version, worker: k.name}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	k.mutex.Lock()
	k.under[w.Key] = &underWay{where: w.Where, recipe: w.Recipe, withdraw: cancel}
	k.mutex.Unlock()
	k.tell()
	defer func() {
		k.mutex.Lock()
		delete(k.under, w.Key)
		k.mutex.Unlock()
		k.tell()
	}()
	stay := make(chan struct{})
	defer close(stay)
	go k.hold(message, stay)

	begin := time.Now()
	fault := k.compute(inner, w, message, records)
	switch {
	case fault == nil:
		k.Say(fmt.Sprintf("%s at %s: done in %v", w.Recipe, w.Where, time.Since(begin).Round(time.Millisecond)))
		k.mutex.Lock()
		k.done++
		k.mutex.Unlock()
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.Cluster.patience.acknowledge)
		defer cancel()
		err := k.Cluster.again(leaving, func() error { return message.DoubleAck(leaving) })
		if err != nil {
			k.Say(fmt.Sprintf("%s at %s: acknowledging it: %v", w.Recipe, w.Where, err)) // whoever has it next finds the record
		}
	case errors.Is(context.Cause(inner), errWithdrawn):
		k.Say(fmt.Sprintf("%s at %s: withdrawn", w.Recipe, w.Where))
		_ = message.Term()
	case ctx.Err() != nil:
		_ = message.Nak() // another worker may begin at once
		_ = k.Cluster.connection.FlushTimeout(time.Second)
	default:
		k.Say(fault.Error())
		if err := records.fail(w.Recipe, w.Key, fault); err == nil {
			_ = message.Term()
		}
	}
}

// hold tells the server that the cell is under way until stay is closed.
func (k *working) hold(message jetstream.Msg, stay <-chan struct{}) {
	tick := time.NewTicker(k.Cluster.patience.acknowledge / 4)
	defer tick.Stop()
	for {
		select {
		case <-stay:
			return
		case <-tick.C:
			_ = message.InProgress() // told again soon
		}
	}
}

// compute computes the cell, unless it has a record.
func (k *working) compute(ctx context.Context, w waiting, message jetstream.Msg, records records) (fault error) {
	defer func() {
		if p := recover(); p != nil {
			fault = fmt.Errorf("experiment: %s: cell at %s: panic: %v\n%s", w.Recipe, w.Where, p, debug.Stack())
		}
	}()
	switch record, _, err := records.get(w.Recipe, w.Key); {
	case err != nil:
		return fmt.Errorf("experiment: %s: cell at %s: %w", w.Recipe, w.Where, err)
	case record != nil:
		return nil
	}
	if about, err := message.Metadata(); err == nil && about.NumDelivered > mostTries {
		return fmt.Errorf("experiment: %s: cell at %s: it was given out %d times, and no worker came to its end", w.Recipe, w.Where, about.NumDelivered-1)
	}
	cell, err := k.understand(w.Request)
	if err != nil {
		return err
	}
	kept := &states{ctx: ctx, cluster: k.Cluster, version: k.Version, touched: map[string]bool{}}
	record, err := cell.Compute(ctx, experiment.Means{Data: k.data, States: kept, Version: k.Version, Progress: k.progress(w.Key)})
	if err != nil {
		return err
	}
	if err := records.Add(record); err != nil {
		return fmt.Errorf("experiment: %s: cell at %s: %w", w.Recipe, w.Where, err)
	}
	if err := kept.Drop(w.Key); err != nil && ctx.Err() == nil {
		k.Say(fmt.Sprintf("%s at %s: forgetting what was kept of it: %v", w.Recipe, w.Where, err))
	}
	return nil
}

// understand makes a cell of a request.
func (k *working) understand(q experiment.Request) (experiment.Cell, error) {
	k.mutex.Lock()
	r := k.recipes[q.Recipe]
	if r == nil {
		r = &known{}
		k.recipes[q.Recipe] = r
	}
	k.mutex.Unlock()
	r.once.Do(func() {
		if r.recipe = k.Find(q.Recipe); r.recipe == nil {
			r.err = fmt.Errorf("experiment: no recipe %q in this program", q.Recipe)
			return
		}
		r.kinds, r.err = r.recipe.Kinds()
	})
	if r.err != nil {
		return experiment.Cell{}, r.err
	}
	return r.recipe.Cell(q, r.kinds)
}

// progress returns what tells of a cell under way, a few times a second at most.
func (k *working) progress(key string) func(share float64) {
	last := time.Now()
	return func(share float64) {
		if time.Since(last) < 300*time.Millisecond {
			return
		}
		last = time.Now()
		k.mutex.Lock()
		if u := k.under[key]; u != nil {
			u.share = share
		}
		k.mutex.Unlock()
		_ = k.Cluster.connection.Publish(progressSubject+"."+token(k.Version)+"."+key, strconv.AppendFloat(nil, share, 'g', 4, 64))
	}
}
