package kernel

import (
	"syscall"
	"unsafe"
)

// madvHugePage asks for large pages in a range of memory (madvise(2), Linux).
const madvHugePage = 14

const largePage = 2 << 20

// advise asks for large pages in those whole ones that values cover. Where the system has
// none, nothing changes.
func advise(values []float32) {
	start := uintptr(unsafe.Pointer(&values[0]))
	skip := -start & (largePage - 1)
	size := uintptr(4*len(values)) - skip
	whole := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&values[0]), skip)), size&^(largePage-1))
	_ = syscall.Madvise(whole, madvHugePage) // advice: an error is no failure
}
