package dataset

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"runtime"
	"testing"
)

// folderOf writes images of 40 x 50 pixels, grey but for those whose number is in coloured.
func folderOf(t *testing.T, count int, coloured map[int]bool) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := range count {
		at := func(x, y int) color.RGBA { v := uint8(50*y + x + i); return color.RGBA{v, v, v, 255} }
		if coloured[i] {
			at = func(x, y int) color.RGBA { return color.RGBA{uint8(50*y + x + i), 7, uint8(x), 255} }
		}
		write(t, pngFile(50, 40, coloured[i], at), dir, fmt.Sprint("class ", i%3), fmt.Sprintf("%03d.png", i))
	}
	return dir
}

// Whoever decodes an image, the set is the same: that of the images read one by one.
func TestImagesOfAFolderDoNotDependOnTheProcessors(t *testing.T) {
	for _, coloured := range []map[int]bool{nil, {31: true}, {0: true, 5: true}} {
		dir := folderOf(t, 60, coloured)
		var want *Set
		for _, processors := range []int{1, 2, 7} {
			before := runtime.GOMAXPROCS(processors)
			s, err := ReadImages(dir)
			runtime.GOMAXPROCS(before)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = s
				for i, path := range s.Files {
					one, err := openPicture(path)
					if err != nil {
						t.Fatal(err)
					}
					got := s.Subset([]int{i}).Bytes
					for k := range got {
						at := k
						if coloured != nil && len(one.shape) == 2 {
							at = k / 3
						}
						if got[k] != one.pixels[at] {
							t.Fatalf("%s: value %d is %d, want %d", path, k, got[k], one.pixels[at])
						}
					}
				}
			}
			if s.Fingerprint() != want.Fingerprint() || s.Count() != 60 {
				t.Errorf("%d processors: %d images, another set than with one", processors, s.Count())
			}
		}
	}
}

func TestTheFirstBadImageInOrderIsNamed(t *testing.T) {
	dir := folderOf(t, 60, nil)
	for _, path := range []string{"class 2/002.png", "class 1/058.png", "class 1/040.png"} {
		write(t, []byte("no image"), dir, path)
	}
	write(t, pngFile(2, 1, false, grey), dir, "class 1", "049.png") // of another size, and later
	for range 20 {
		_, err := ReadImages(dir)
		wantError(t, err, "040.png")
	}
}

func TestAFolderOfImagesIsBoundedBeforeItIsRead(t *testing.T) {
	dir := folderOf(t, 12, map[int]bool{4: true})
	for i := 3; i < 12; i += 3 {
		write(t, []byte("no image"), dir, "class 0", fmt.Sprintf("%03d.png", i)) // which nobody looks at
	}
	_, err := Read(dir, Options{Limit: 12*2000 - 1})
	wantError(t, err, "12 images", "40 x 50", "take 24000 bytes", "want at most 23999", "data.limit")
	dir = folderOf(t, 12, map[int]bool{4: true})
	_, err = Read(dir, Options{Limit: 3*12*2000 - 1})
	wantError(t, err, "004.png", "take 72000 bytes", "want at most 71999", "data.limit")
	if s, err := Read(dir, Options{Limit: 3 * 12 * 2000}); err != nil || len(s.Bytes) != 72000 || cap(s.Bytes) != 72000 {
		t.Errorf("%d bytes of %d, %v", len(s.Bytes), cap(s.Bytes), err)
	}
}

func TestReadingAFolderIsReportedAndEndsWithTheContext(t *testing.T) {
	dir := folderOf(t, 9, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	calls := 0
	d, err := Open(ctx, dir, Options{Reading: func(folder string, done, total int) {
		if calls++; folder != dir || done != 9 || total != 9 {
			t.Errorf("%s: %d of %d, want %s: 9 of 9", folder, done, total, dir)
		}
	}})
	if err != nil || calls != 1 || d.Train.Count()+d.Test.Count() != 9 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	cancel()
	if _, err := readImages(ctx, dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}
