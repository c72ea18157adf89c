package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// imageEndings are the endings of files that are read as images.
var imageEndings = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// ReadImages reads a folder with one sub-folder of images for each class. The names of
// the sub-folders, sorted (integers by value), are the classes; what lies in folders
// below them belongs to their class. Samples follow in the order of classes and paths. A
// folder with images of its own and no sub-folder gives an unlabelled set. Files are
// images by their ending: .png, .jpg, .jpeg, .gif, .bmp, .tif, .tiff, .webp. Hidden files, those that an operating system
// leaves behind (__MACOSX, Thumbs.db), those of other kinds and images beside the
// folders of the classes are passed over, which Notes says. A sub-folder without an image
// is an error.
//
// Files has the paths of the samples, which begin with dir.
//
// All images must have one size; the first that differs is named in the error.
// If some are coloured the grey ones become coloured too. See [ReadImage].
//
// The images are decoded by all processors, and beside the set no more than a few of them
// are held; the set does not depend on how many processors there are. It takes one byte per value.
func ReadImages(dir string) (*Set, error) {
	s, err := readImages(context.Background(), dir, Options{})
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readImages(ctx context.Context, dir string, o Options) (*Set, error) {
	g, err := openGallery(dir)
	if err != nil {
		return nil, err
	}
	a := &album{Set: &Set{Name: filepath.Base(dir), Maximum: 255, Notes: g.notes()}, limit: o.most()}
	files := slices.Clone(g.files[""])
	for class, folder := range g.classes {
		a.LabelNames = append(a.LabelNames, folder)
		a.Labels = append(a.Labels, slices.Repeat([]int{class}, len(g.files[folder]))...)
		files = append(files, g.files[folder]...)
	}
	report := func(int) {}
	if o.Reading != nil {
		report = func(done int) { o.Reading(dir, done, len(files)) }
	}
	if err := a.read(ctx, files, report); err != nil {
		return nil, err
	}
	a.finish(g)
	return a.Set, nil
}

// gallery lists what lies in a folder of images.
type gallery struct {
	dir     string
	classes []string            // the sub-folders in order
	files   map[string][]string // images of each class; of dir itself for "" without classes
	nested  group               // images deeper than the folders of the classes
	passed  []group             // what is passed over, by the reason
}

// group counts files that have something in common.
type group struct {
	what    string
	count   int
	example string // path of the first
}

func (g *group) add(path string) {
	if g.count++; g.count == 1 {
		g.example = path
	}
}

// openGallery lists a folder. One without images, or with a class without, is an error.
func openGallery(dir string) (*gallery, error) {
	g := &gallery{dir: dir, files: map[string][]string{}}
	if err := g.walk(dir, "", 0, false); err != nil {
		return nil, err
	}
	slices.SortFunc(g.classes, compareLabels)
	var empty []string
	for _, class := range g.classes {
		if len(g.files[class]) == 0 {
			empty = append(empty, class)
		}
	}
	want := strings.Join(imageEndings, ", ")
	switch {
	case len(g.classes) == 0 && len(g.files[""]) == 0, len(empty) > 0 && len(empty) == len(g.classes) && len(g.files[""]) == 0:
		return nil, fmt.Errorf("%s: no images, want a sub-folder of images (%s) for each class%s", dir, want, g.found())
	case len(empty) > 0:
		return nil, fmt.Errorf("%s: no images (%s) in %s, but every sub-folder is a class: add some or move it away%s", dir, want, few(empty), g.found())
	case len(g.classes) > 0:
		for _, path := range g.files[""] {
			g.pass("beside the folders of the classes", path)
		}
		delete(g.files, "")
	}
	return g, nil
}

// walk lists the content of a folder, which belongs to a class. Links to folders are
// followed to the folders of classes and no further, for they may lead in circles.
func (g *gallery) walk(dir, class string, depth int, junk bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		path := filepath.Join(dir, name)
		junk := junk || isJunk(name)
		info, err := os.Stat(path) // follows links
		switch {
		case err != nil && !junk:
			return err
		case err != nil:
			g.pass("of the system or hidden", path)
		case info.IsDir() && entry.Type()&os.ModeSymlink != 0 && (depth > 0 || junk):
			g.pass("behind links to folders", path)
		case info.IsDir():
			inside := class
			if depth == 0 {
				inside = name
			}
			if depth == 0 && !junk {
				g.classes = append(g.classes, name)
			}
			if err := g.walk(path, inside, depth+1, junk); err != nil {
				return err
			}
		case junk:
			g.pass("of the system or hidden", path)
		case !info.Mode().IsRegular() || !isImageName(name):
			g.pass("not images that Basin reads", path)
		default:
			g.files[class] = append(g.files[class], path)
			if depth > 1 {
				g.nested.add(path)
			}
		}
	}
	return nil
}

// isJunk reports whether a file or folder is hidden or left behind by an operating system.
func isJunk(name string) bool {
	switch strings.ToLower(name) {
	case "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "@eadir":
		return true
	}
	return strings.HasPrefix(name, ".")
}

func isImageName(name string) bool {
	return slices.Contains(imageEndings, strings.ToLower(filepath.Ext(name)))
}

func (g *gallery) pass(what, path string) { g.passed = addTo(g.passed, what, path) }

// addTo counts a file in the group of that name.
func addTo(groups []group, what, path string) []group {
	i := slices.IndexFunc(groups, func(p group) bool { return p.what == what })
	if i < 0 {
		i = len(groups)
		groups = append(groups, group{what: what})
	}
	groups[i].add(path)
	return groups
}

// found says, for an error, what a folder holds in place of images.
func (g *gallery) found() string {
	if len(g.passed) == 0 {
		return ""
	}
	return "; " + g.passedOver()
}

func (g *gallery) passedOver() string {
	total := 0
	var parts []string
	for _, p := range g.passed {
		total += p.count
		parts = append(parts, fmt.Sprintf("%d %s (such as %s)", p.count, p.what, g.short(p.example)))
	}
	return fmt.Sprintf("%s passed over: %s", counted(total, "file"), strings.Join(parts, ", "))
}

// short quotes a path from the folder on.
func (g *gallery) short(path string) string {
	if inside, err := filepath.Rel(g.dir, path); err == nil {
		path = filepath.ToSlash(inside)
	}
	return fmt.Sprintf("%q", path)
}

// notes says what was passed over and what was assumed, a line each.
func (g *gallery) notes() []string {
	var notes []string
	if len(g.passed) > 0 {
		notes = append(notes, fmt.Sprintf("%s: %s", g.dir, g.passedOver()))
	}
	if n := g.nested; n.count > 0 {
		notes = append(notes, fmt.Sprintf("%s: %s deeper than the folders of the classes (such as %s): they belong to the class of the outer folder",
			g.dir, counted(n.count, "image"), g.short(n.example)))
	}
	return notes
}

// counted writes a number of things.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// few quotes the first of some names.
func few(names []string) string {
	const most = 5
	text := fmt.Sprintf("%.60q", names[:min(most, len(names))])
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}
