package online

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

var (
	kills  = flag.Int("kills", 6, "kills of TestKilled")
	victim = flag.String("victim", "", "model that a process of TestKilled learns on")
)

// TestVictim is the process that is killed: it learns sample after sample, says after each how
// many there are, and now and then makes a snapshot.
func TestVictim(t *testing.T) {
	if *victim == "" {
		t.Skip("only as a process of TestKilled")
	}
	m, err := Open(*victim, Options{Checkpoint: 3, Snapshots: 2})
	if err != nil {
		t.Fatal(err)
	}
	for {
		k := int(m.Status().Samples)
		r, err := m.Learn(t.Context(), some(k, 1))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("learned %d\n", r.Total)
		if r.Total%5 == 0 {
			_ = m.Snapshot(t.Context(), fmt.Sprint("at", r.Total)) // a kill may have come behind it
		}
	}
}

// A process that learns is killed at any moment, again and again: what it acknowledged is there,
// at most one sample more, and the model is the one that has learned them without a break.
func TestKilled(t *testing.T) {
	if *victim != "" {
		t.Skip("a victim itself")
	}
	path := place(t, t.TempDir())
	random := rand.New(rand.NewPCG(1, uint64(*kills)))
	acknowledged := int64(0)
	for kill := range *kills {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		process := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestVictim$", "-victim", path)
		out, err := process.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		process.Stderr = &said
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for left := random.IntN(12); lines.Scan(); left-- {
			if n, err := strconv.ParseInt(string(bytes.TrimPrefix(lines.Bytes(), []byte("learned "))), 10, 64); err == nil {
				acknowledged = n
			} else {
				said.WriteString(lines.Text())
			}
			if left <= 0 {
				// Somewhere between two acknowledgements: after a write, amid a checkpoint.
				time.AfterFunc(time.Duration(random.IntN(3000))*time.Microsecond, func() { _ = process.Process.Kill() })
				break
			}
		}
		for lines.Scan() { // what it said before it died
			if n, err := strconv.ParseInt(string(bytes.TrimPrefix(lines.Bytes(), []byte("learned "))), 10, 64); err == nil {
				acknowledged = n
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = process.Wait()
		stop()
		if state := process.ProcessState; state.Exited() && state.ExitCode() != 0 {
			t.Fatalf("kill %d: it ended by itself: %s", kill, said.Bytes())
		}
		m, err := Open(path, Options{Checkpoint: 3, Snapshots: 2})
		if err != nil {
			t.Fatalf("after kill %d: %v", kill, err)
		}
		if s := m.Status(); s.Samples != acknowledged && s.Samples != acknowledged+1 {
			t.Fatalf("after kill %d there are %d samples, and %d were acknowledged", kill, s.Samples, acknowledged)
		} else {
			acknowledged = s.Samples
		}
		w := newTwin(t, path)
		for k := range int(acknowledged) {
			w.learn(t, some(k, 1))
		}
		if !bytes.Equal(bytesOf(t, m.Current()), bytesOf(t, w.model)) {
			t.Fatalf("after kill %d the model is not the one that has learned %d samples", kill, acknowledged)
		}
		if kill%2 == 0 {
			m.abandon()
		} else if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	m, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, dir := range []string{".", "snapshots"} {
		if left, _ := filepath.Glob(filepath.Join(path+".online", dir, ".*")); len(left) > 0 {
			t.Errorf("killed writes left %q", left)
		}
	}
	t.Logf("%d kills, %d samples acknowledged, none lost", *kills, acknowledged)
}
