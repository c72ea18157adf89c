package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"basin"
	"basin/network"
)

// checkMemory reports a network that takes more memory than there is, where the system says:
// better than to be ended half way. Couplings count, and what a mini-batch of its samples
// needs beside them.
func checkMemory(task *basin.Task, workers int) error {
	s, classes := task.Settings, len(task.LabelNames)
	if s.Network.Fits(task.Shape, classes) != nil {
		return nil // drawing it says what is wrong
	}
	outline, err := network.Outline(s.Network, task.Shape, classes)
	if err != nil {
		return nil
	}
	couplings := s.Network.Footprint(task.Shape, classes)
	samples := task.Training.Count()
	batch := s.Protocol().Footprint(outline, max(1, min(s.Learning.Batch, samples)), workers) + s.Protocol().Recalled(outline, samples)
	left := availableMemory(os.DirFS("/"))
	if left == 0 || couplings <= left-min(left, batch) {
		return nil
	}
	learning, hint := "its mini-batches", "fewer network.modules.*.neurons, a lower recurrent.density, a smaller learning.batch or fewer --workers take less"
	if s.Readout.Method.Solved() {
		learning, hint = "its mini-batches and the equations of its readout", hint+", and readout.method local needs no equations"
	}
	return withHint(fmt.Errorf("the couplings of this network take %s and %s %s, and %s of memory are free", size(couplings), learning, size(batch), size(left)), "%s", hint)
}

// availableMemory returns the bytes that Linux says are free for programs, on the machine and
// in the container; 0 where nothing says. root is that of the file system.
func availableMemory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	if free, ok := machineMemory(root); ok {
		least = free
	}
	if free, ok := containerMemory(root); ok {
		least = min(least, free)
	}
	if least == math.MaxInt64 {
		return 0
	}
	return max(least, 1)
}

func machineMemory(root fs.FS) (int64, bool) {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, false
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var kilobytes int64
		if n, _ := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10, true
		}
	}
	return 0, false
}

// containerMemory returns what the groups of the process have left, of version 2 or 1: the
// least of its own group and those above it. Files in the cache can be given up, and count
// as free.
func containerMemory(root fs.FS) (int64, bool) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	least := int64(math.MaxInt64)
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		folder, limit, used, cached := "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
		if parts[1] != "" {
			folder, limit, used, cached = "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
			if parts[1] != "memory" {
				continue
			}
		}
		// The path may be that of the machine, where a container sees its own group as the root.
		for group := path.Join("/", parts[2]); ; group = path.Dir(group) {
			if free, ok := groupMemory(root, path.Join(folder, group), limit, used, cached); ok {
				least = min(least, free)
			}
			if group == "/" {
				break
			}
		}
	}
	return least, least < math.MaxInt64
}

func groupMemory(root fs.FS, folder, limit, used, cached string) (int64, bool) {
	most, ok := number(root, path.Join(folder, limit))
	if !ok || most > 1<<60 { // no limit
		return 0, false
	}
	taken, ok := number(root, path.Join(folder, used))
	if !ok {
		return most, true
	}
	text, _ := fs.ReadFile(root, path.Join(folder, "memory.stat"))
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseInt(value, 10, 64); name == cached && err == nil {
			taken -= n
		}
	}
	return max(0, most-max(0, taken)), true
}

// number reads a file that holds a number, and no text such as max.
func number(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil && n >= 0
}
