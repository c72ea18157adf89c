package explore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"basin/internal/experiment"
	"basin/internal/recipes"
)

// experiments registers what the room experiments asks.
func (e *Explorer) experiments() {
	ask(e, "experiments/list", e.listFolders)
	ask(e, "experiments/show", e.showFolder)
	ask(e, "experiments/compare", e.compareFolders)
	ask(e, "experiments/cluster", e.lookAtCluster)
}

// mostCells bounds the bytes of a file of cells that is read.
const mostCells = 256 << 20

// folder is a folder that holds the cells of an experiment.
type folder struct {
	// name is what it is called: a path that was given, or one below it.
	name string
	// given is the folder that was given, inside where the cells are.
	given, inside string
}

// folders lists what there is in the folders that were given: those that hold cells, and those
// just below that do. Nothing outside is looked at, whatever links point there.
func (e *Explorer) folders() ([]folder, error) {
	var list []folder
	var failed []error
	for _, given := range e.options.Results {
		root, err := os.OpenRoot(given)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		list = append(list, holding(root, given)...)
		_ = root.Close()
	}
	return list, errors.Join(failed...)
}

// holding lists the folders with cells in one that was given.
func holding(root *os.Root, given string) []folder {
	var list []folder
	has := func(inside string) {
		if info, err := root.Stat(filepath.Join(inside, experiment.CellsFile)); err == nil && info.Mode().IsRegular() {
			list = append(list, folder{filepath.ToSlash(filepath.Join(given, inside)), given, inside})
		}
	}
	has(".")
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return list // what it holds itself is there all the same
	}
	for _, entry := range entries {
		if entry.IsDir() {
			has(entry.Name())
		}
	}
	return list
}

// find returns the folder of a name that the list has.
func (e *Explorer) find(name string) (folder, error) {
	list, err := e.folders()
	i := slices.IndexFunc(list, func(f folder) bool { return f.name == name })
	if i < 0 && err != nil {
		return folder{}, mistake(err.Error())
	}
	if i < 0 {
		return folder{}, mistakef("there is no folder %q with cells of an experiment among the results: list them again", name)
	}
	return list[i], nil
}

// stored is what a folder held when it was read.
type stored struct {
	// stamp changes when the file of cells does.
	stamp   string
	changed time.Time
	// running says that a run holds the folder, or died while it did.
	running bool
	outcome *experiment.Outcome
	err     error
}

// kept are the folders that were read, by name: a file that did not change is not read again.
type kept struct {
	mutex   sync.Mutex
	folders map[string]*stored
}

// open reads a folder. What is wrong with its content is in the result.
func (e *Explorer) open(ctx context.Context, f folder) (*stored, error) {
	root, err := os.OpenRoot(f.given)
	if err != nil {
		return nil, mistake(err.Error())
	}
	defer root.Close()
	path := filepath.Join(f.inside, experiment.CellsFile)
	info, err := root.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, mistakef("%s is gone: list the folders again", f.name)
	}
	s := &stored{stamp: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano()), changed: info.ModTime()}
	_, err = root.Lstat(path + ".lock")
	if s.running = err == nil; s.running {
		s.stamp += "-running"
	}
	e.kept.mutex.Lock()
	defer e.kept.mutex.Unlock() // one file at a time: each may be large
	if old := e.kept.folders[f.name]; old != nil && old.stamp == s.stamp {
		return old, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.err = s.read(root, path, f.name, info.Size()); s.err == nil && len(s.outcome.Records) == 0 {
		s.err = mistakef("%s: %d cells of %s, which are of no grid that this program knows", f.name, s.outcome.Other, s.outcome.Recipe.Name)
	}
	if e.kept.folders == nil {
		e.kept.folders = map[string]*stored{}
	}
	e.kept.folders[f.name] = s
	return s, nil
}

// read reads the file of cells.
func (s *stored) read(root *os.Root, path, name string, size int64) error {
	if size > mostCells {
		return mistakef("%s: the cells are %d MiB, want at most %d", name, size>>20, mostCells>>20)
	}
	file, err := root.Open(path)
	if err != nil {
		return mistake(err.Error())
	}
	defer file.Close()
	records, err := experiment.ReadRecords(name+"/"+experiment.CellsFile, file)
	if err != nil {
		return mistake(err.Error())
	}
	if len(records) == 0 {
		return mistakef("%s: no cell is finished yet", name)
	}
	recipe, err := recipes.Find(records[0].Recipe)
	if err != nil {
		return mistake(err.Error())
	}
	s.outcome, err = experiment.Stored(recipe, records)
	return err
}

// summary is a line about a folder.
type summary struct {
	Folder string `json:"folder"`
	// Wrong says why the rest is missing, "" where it is not.
	Wrong  string `json:"wrong,omitempty"`
	Recipe string `json:"recipe"`
	Title  string `json:"title"`
	// Size is that of the grid, quick or full; Done of its Cells are finished, Other belong to
	// another grid.
	Size  string `json:"size"`
	Seeds int    `json:"seeds"`
	Cells int    `json:"cells"`
	Done  int    `json:"done"`
	Other int    `json:"other"`
	// Running says that a run holds the folder, or died while it did.
	Running bool `json:"running"`
	// Changed is when the last cell was finished; Seconds is what the cells took on one core.
	Changed  time.Time `json:"changed"`
	Seconds  float64   `json:"seconds"`
	Versions []string  `json:"versions"`
	Stamp    string    `json:"stamp"`
}

func summaryOf(f folder, s *stored) summary {
	line := summary{Folder: f.name, Changed: s.changed, Running: s.running, Stamp: s.stamp, Versions: []string{}}
	if s.err != nil {
		line.Wrong = s.err.Error()
		return line
	}
	o := s.outcome
	line.Recipe, line.Title, line.Size, line.Seeds = o.Recipe.Name, o.Recipe.Title, "quick", o.Seeds
	if o.Full {
		line.Size = "full"
	}
	line.Cells, line.Done, line.Other, line.Seconds = len(o.Cells), o.Done(), o.Other, o.CoreTime().Seconds()
	for _, record := range o.Records {
		if !slices.Contains(line.Versions, record.Version) {
			line.Versions = append(line.Versions, record.Version)
		}
	}
	slices.Sort(line.Versions)
	return line
}

// listed folders, and what could not be looked at.
type folderList struct {
	// Given says that there are folders to look in.
	Given   bool      `json:"given"`
	Folders []summary `json:"folders"`
	Wrong   string    `json:"wrong,omitempty"`
}

// listFolders lists the folders with experiments.
func (e *Explorer) listFolders(ctx context.Context, _ struct{}) (*folderList, error) {
	folders, err := e.folders()
	list := &folderList{Given: len(e.options.Results) > 0, Folders: []summary{}}
	if err != nil {
		list.Wrong = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	for _, f := range folders {
		s, err := e.open(ctx, f)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue // it went away meanwhile
		}
		list.Folders = append(list.Folders, summaryOf(f, s))
	}
	return list, nil
}

// outcome returns what a folder of a name holds.
func (e *Explorer) outcome(ctx context.Context, name string) (folder, *stored, error) {
	f, err := e.find(name)
	if err != nil {
		return f, nil, err
	}
	s, err := e.open(ctx, f)
	if err == nil {
		err = s.err
	}
	return f, s, err
}
