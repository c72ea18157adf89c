package kernel

// Values returns zeros, in large pages of memory where there are many and the system has
// such pages: a product that streams a block from memory then misses fewer addresses.
func Values(count int) []float32 {
	values := make([]float32, count)
	if 4*count >= 4<<20 {
		advise(values)
	}
	return values
}
