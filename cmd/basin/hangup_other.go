//go:build !unix

package main

// onHangup does nothing: the system has no SIGHUP.
func onHangup(func()) (stop func()) { return func() {} }
