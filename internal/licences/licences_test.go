package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The file names every module of the program, in its version.
func TestFileIsUpToDate(t *testing.T) {
	want, err := write(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", file))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: go run ./internal/licences", file)
	}
}

func TestUnknownLicencesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted, free of charge,\nto any person obtaining a copy": "MIT",
		"Redistribution and use in source and binary forms":                             "BSD-2-Clause",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3":                                         "",
		"all rights reserved":                                                           "",
	} {
		if got := kindOf([]byte(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "LICENSE"), []byte("GNU GENERAL PUBLIC LICENSE"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := licences(module{"example.org/x", "v1.0.0", dir}); err == nil || !strings.Contains(err.Error(), "example.org/x v1.0.0: no licence that is allowed") {
		t.Errorf("taken: %v", err)
	}
}
