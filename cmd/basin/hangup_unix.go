//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// onHangup calls do on every SIGHUP until stop is called.
func onHangup(do func()) (stop func()) {
	signals, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
				do()
			case <-ended:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(ended)
	}
}
