package kernel

import "unsafe"

// unguard returns a vector made by guarded together with its guards.
func unguard(v []float32) []float32 {
	first := unsafe.Add(unsafe.Pointer(&v[0]), -4*guardLength)
	return unsafe.Slice((*float32)(first), len(v)+2*guardLength)
}
