package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// tellEvery is how often a long computation says how far it is.
const tellEvery = 10 * time.Second

// tell returns what says from time to time how much is done, in the words of text. It may be
// called from several goroutines.
func tell(talk io.Writer, text func(done int) string) func(done int) {
	var mutex sync.Mutex
	told := time.Now()
	return func(done int) {
		mutex.Lock()
		defer mutex.Unlock()
		if time.Since(told) < tellEvery {
			return
		}
		told = time.Now()
		fmt.Fprintln(talk, text(done))
	}
}
