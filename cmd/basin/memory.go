package main

import (
	"bufio"
	"fmt"
	"os"

	"basin/network"
)

// checkMemory reports a network whose couplings take more memory than the system has
// left, where the system says: better than to be ended half way.
func checkMemory(spec network.Spec, shape []int, classes int) error {
	if spec.Fits(shape, classes) != nil {
		return nil // drawing it says what is wrong
	}
	need, left := spec.Footprint(shape, classes), availableMemory()
	if left == 0 || need <= left {
		return nil
	}
	return withHint(fmt.Errorf("the couplings of this network take %s, and %s of memory are free", size(need), size(left)),
		"fewer network.modules.*.neurons, or a lower recurrent.density, take less")
}

// availableMemory returns the bytes that Linux says are free for programs, 0 where
// nothing says.
func availableMemory() int64 {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kilobytes int64
		if n, _ := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return 0
}
