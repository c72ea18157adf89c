//go:build race

package train

// raced says that the race detector watches: what else stays on the stack may then be allocated.
const raced = true
