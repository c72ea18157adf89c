package main

import (
	"runtime"
	"strings"
)

// plainWord has what no shell reads as anything else.
const plainWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%"

// word writes a path or another text as one word of a command line that the user copies, in
// quotes where it has spaces or signs that a shell reads.
func word(text string) string { return wordFor(runtime.GOOS, text) }

func wordFor(system, text string) string {
	plain := plainWord
	if system == "windows" {
		plain += `\`
	}
	switch {
	case text != "" && strings.Trim(text, plain) == "":
		return text
	case system == "windows": // a name there has no quotes
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
