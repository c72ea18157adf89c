package dataset

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// noted fails unless one note holds all the words.
func noted(t *testing.T, notes []string, words ...string) {
	t.Helper()
	if !slices.ContainsFunc(notes, func(note string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(note, word) })
	}) {
		t.Errorf("notes are %q, want one with %q", notes, words)
	}
}

func TestWhatAFolderOfImagesHoldsIsReadOrSaid(t *testing.T) {
	dir := t.TempDir()
	one := pngFile(2, 1, false, grey)
	for _, path := range []string{
		"a/1.png", "a/sub/subsub/2.png", "b/3.PNG", "b/.DS_Store", "b/desktop.ini", "b/x.heic", "__MACOSX/a/._1.png", "@eaDir/a/1.png", "c.png",
	} {
		write(t, one, dir, path)
	}
	s, err := ReadImages(dir)
	check(t, s, err, []int{1, 2}, []uint8{0, 1, 0, 1, 0, 1}, nil)
	if !slices.Equal(s.LabelNames, []string{"a", "b"}) || !slices.Equal(s.Labels, []int{0, 0, 1}) {
		t.Errorf("labels are %v of %v", s.Labels, s.LabelNames)
	}
	noted(t, s.Notes, "6 files passed over", "4 of the system or hidden", "1 not images that Basin reads", `"b/x.heic"`, `1 beside the folders of the classes (such as "c.png")`)
	noted(t, s.Notes, "1 image deeper", `"a/sub/subsub/2.png"`)

	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, one, dir, "text", "note.txt")
	_, err = ReadImages(dir)
	wantError(t, err, `no images`, `["empty" "text"]`)
}

// A link to a folder above would be walked without end.
func TestLinksInsideAClassAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	write(t, pngFile(2, 1, false, grey), dir, "a", "1.png")
	if err := os.Symlink(dir, filepath.Join(dir, "a", "up")); err != nil {
		t.Skip("no links here:", err)
	}
	s, err := ReadImages(dir)
	check(t, s, err, []int{1, 2}, []uint8{0, 1}, nil)
	noted(t, s.Notes, `1 behind links to folders (such as "a/up")`)
}

func TestPartsOfAFolderByTheirUsualNames(t *testing.T) {
	for _, names := range [][3]string{{"train", "val", "test"}, {"Training", "VALIDATION", "Testing"}, {"TRAIN", "dev", "Test"}, {"outer/train", "outer/valid", "outer/test"}} {
		dir := t.TempDir()
		for i, name := range names {
			for class := range 2 {
				write(t, pngFile(2, 1, false, grey), dir, name, string(rune('a'+class)), string(rune('0'+i))+".png")
			}
		}
		d, err := Open(context.Background(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d.Train.Count() != 2 || d.Validation.Count() != 2 || d.Test.Count() != 2 {
			t.Errorf("%v: %d, %d and %d samples, want 2 of each", names, d.Train.Count(), d.Validation.Count(), d.Test.Count())
		}
		if s, err := Read(dir, Options{}); err != nil || s.Count() != 6 || len(s.Files) != 6 {
			t.Errorf("%v: read whole: %v, %v", names, s, err)
		}
	}
}

func TestPartsThatDoNotFitAreRefused(t *testing.T) {
	one := pngFile(2, 1, false, grey)
	for name, c := range map[string]struct{ files, words []string }{
		"two names":     {[]string{"train/a/1.png", "val/a/1.png", "valid/a/1.png"}, []string{"both val and valid"}},
		"no training":   {[]string{"val/a/1.png", "test/a/1.png"}, []string{"want a folder train"}},
		"class unknown": {[]string{"train/a/1.png", "test/a/1.png", "test/b/1.png"}, []string{"no training sample", `"b"`}},
		"unlabelled":    {[]string{"train/a/1.png", "test/1.png"}, []string{"only one has labels"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, path := range c.files {
				write(t, one, dir, path)
			}
			_, err := Open(t.Context(), dir, Options{})
			wantError(t, err, c.words...)
		})
	}
	dir := t.TempDir()
	for _, path := range []string{"train/a/1.png", "test/a/1.png", "notes/x.png"} {
		write(t, one, dir, path)
	}
	s, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	noted(t, s.Notes, `["notes"] passed over`)
}

// One coloured file makes its part coloured, and then the other parts too.
func TestPartsBecomeColouredTogether(t *testing.T) {
	dir := t.TempDir()
	write(t, pngFile(2, 1, false, grey), dir, "train", "a", "1.png")
	write(t, pngFile(2, 1, true, red), dir, "test", "a", "1.png")
	s, err := Read(dir, Options{})
	check(t, s, err, []int{1, 2, 3}, []uint8{0, 0, 0, 1, 1, 1, 0, 2, 3, 1, 2, 3}, nil)
}

// Every file below a folder is an image of one class or passed over and counted; and if
// not, the folder is refused.
func TestNoFileOfAFolderIsLost(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", ".c", "__MACOSX", "Thumbs.db", "1.png", "2.JPG", "3.txt", "._4.png", "train", "5.webp"})
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "gallery")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		total := 0
		for _, path := range rapid.SliceOfN(rapid.SliceOfN(part, 1, 4), 1, 12).Draw(t, "paths") {
			file := filepath.Join(append([]string{dir}, path...)...)
			if _, err := os.Stat(file); err == nil || os.MkdirAll(filepath.Dir(file), 0o755) != nil {
				continue // there is a folder, or a file in place of a folder
			}
			if err := os.WriteFile(file, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			total++
		}
		g, err := openGallery(dir)
		if err != nil {
			if !strings.Contains(err.Error(), "no images") {
				t.Fatal(err)
			}
			return
		}
		counted := 0
		for class, files := range g.files {
			if counted += len(files); isJunk(class) || len(files) == 0 {
				t.Fatalf("class %q of %d files", class, len(files))
			}
		}
		for _, p := range g.passed {
			counted += p.count
		}
		if counted != total {
			t.Fatalf("%d of %d files are read or passed over: %v, %v", counted, total, g.files, g.passed)
		}
	})
}
