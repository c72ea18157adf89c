package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/dataset/fetch"
	tables "basin/dataset/table"
	"basin/settings"
)

// settingsFlags are the flags that make settings. A value is taken from the preset,
// then the settings file, then --set, then the flags of their own.
type settingsFlags struct {
	preset, config string
	label          string
	set            []string
	epochs         int
	seed           uint64
	validation     float64
	best           bool
}

// settingFlagNames are the flags that a resumed run has no use for.
var settingFlagNames = []string{"preset", "config", "set", "epochs", "seed", "validation", "best", "label"}

func (f *settingsFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.preset, "preset", "p", "", "start from this preset (`name`); `basin config presets` lists them")
	complete(cmd, "preset", completePresets)
	f.addOver(cmd)
}

// addOver adds the flags of what is laid over a preset.
func (f *settingsFlags) addOver(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", "", "YAML `file` of settings, laid over the preset")
	flags.StringArrayVarP(&f.set, "set", "s", nil, "one setting as `key=value`, such as learning.batch=32; may be repeated")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of every random draw")
	addLabel(cmd, &f.label)
	complete(cmd, "config", completeFiles("yaml", "yml"))
	complete(cmd, "set", completeKeys)
	complete(cmd, "seed", cobra.NoFileCompletions)
}

// addCourse adds the flags of the course of a run, for commands that train to its end.
func (f *settingsFlags) addCourse(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.epochs, "epochs", 0, "passes over the training samples")
	flags.Float64Var(&f.validation, "validation", 0, "`share` of the training samples held out to measure on; the test set is then not looked at")
	flags.BoolVar(&f.best, "best", false, "keep the epoch with the best accuracy on the validation samples, not the last")
	between(cmd, 0, 1_000_000, "epochs")
	complete(cmd, "epochs", cobra.NoFileCompletions)
	complete(cmd, "validation", cobra.NoFileCompletions)
}

// resolve returns the settings that the flags ask for, for the data set or path
// named on the command line, "" for none. All mistakes are reported at once.
func (f *settingsFlags) resolve(cmd *cobra.Command, named string) (settings.Settings, error) {
	if _, err := os.Stat(named); err != nil && named != "" && !isKnown(named) {
		_, err := fetch.Read(named, fetch.Options{}) // says what was probably meant
		return settings.Settings{}, hintSet(err)
	}
	s, err := f.base(named)
	if err != nil {
		return s, err
	}
	var faults []error
	if f.config != "" {
		loaded, err := loadSettings(f.config, s)
		if err == nil {
			s = loaded
		}
		faults = append(faults, err)
	}
	if len(f.set) > 0 {
		if err := settings.Set(&s, f.set); err != nil {
			faults = append(faults, usageError{err})
		}
	}
	if err := errors.Join(faults...); err != nil {
		return s, withHint(err, "`basin config show` prints every key and its value")
	}
	if cmd.Flags().Changed("epochs") {
		s.Learning.Epochs = f.epochs
	}
	if cmd.Flags().Changed("seed") {
		s.Seed = f.seed
	}
	if cmd.Flags().Changed("validation") {
		s.Data.Validation = f.validation
	}
	if cmd.Flags().Changed("label") {
		s.Data.Label = f.label
	}
	if cmd.Flags().Changed("best") {
		s.Learning.Best = f.best
	}
	if cmd.Flags().Lookup("best") != nil && s.Learning.Best && s.Data.Validation == 0 {
		return s, withHint(usagef("--best chooses an epoch by its accuracy on validation samples, but there are none"), "--validation 0.1 holds a tenth of the training samples out")
	}
	s.Data.Set = located(cmp.Or(named, s.Data.Set))
	if err := s.Validate(); err != nil {
		if f.config == "" { // all that can be wrong is of the command line
			err = usageError{err}
		}
		return s, withHint(err, "`basin config show` prints every key and its value")
	}
	return s, nil
}

// base returns the settings that the others are laid over: those of --preset, else
// of the preset made for the named data set, else of the digits where nothing is
// named, else the defaults for a settings file.
func (f *settingsFlags) base(named string) (settings.Settings, error) {
	switch {
	case f.preset != "":
		s, err := settings.LoadPreset(f.preset)
		if err != nil {
			return s, withHint(usageError{err}, "`basin config presets` lists them all")
		}
		return s, nil
	case named == "" && f.config == "":
		return settings.LoadPreset("digits")
	case named != "":
		return settings.LoadPreset(presetFor(named))
	}
	return settings.Defaults(), nil
}

// The presets of paths.
const (
	tablePreset = "table"
	plainPreset = "plain" // of images and arrays
)

// presetFor returns the name of the preset that is called like the data set, else of the
// first that is made for it, else of that of tables, or of images and arrays.
func presetFor(set string) string {
	presets := settings.Presets()
	slices.SortStableFunc(presets, func(a, b settings.Preset) int {
		switch {
		case a.Name == set && b.Name != set:
			return -1
		case b.Name == set && a.Name != set:
			return 1
		}
		return 0
	})
	for _, preset := range presets {
		if s, err := settings.LoadPreset(preset.Name); err == nil && s.Data.Set == set {
			return preset.Name
		}
	}
	if isTable(set) {
		return tablePreset
	}
	return plainPreset
}

// isTable says that a path is that of a table: a file that is not named like images or
// arrays, or a folder with a table for training.
func isTable(path string) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return false
	case info.IsDir():
		found, err := filepath.Glob(filepath.Join(path, "train.csv*"))
		return err == nil && len(found) > 0
	}
	name := strings.TrimSuffix(strings.ToLower(path), ".gz")
	return !slices.ContainsFunc([]string{".npy", ".npz", ".bin", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", "ubyte", ".idx"}, func(ending string) bool {
		return strings.HasSuffix(name, ending)
	})
}

// longestSettings bounds the bytes of a settings file, as a model file does.
const longestSettings = 1 << 20

func loadSettings(file string, base settings.Settings) (settings.Settings, error) {
	text, err := readSettings(file)
	if err != nil {
		return base, err
	}
	return settings.Load(file, text, base)
}

// readSettings returns the text of a file of settings.
func readSettings(file string) ([]byte, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	defer opened.Close()
	return settingsText(opened, file)
}

// settingsText returns the text of settings that a stream has.
func settingsText(r io.Reader, name string) ([]byte, error) {
	text, err := io.ReadAll(&bounded{r, longestSettings, longestSettings})
	if err != nil {
		return nil, fmt.Errorf("settings: %s: %w", name, err)
	}
	return text, nil
}

// located returns a path as seen from the current folder where set is an absolute one, and
// else set itself: a model file keeps no absolute path.
func located(set string) string {
	if !filepath.IsAbs(set) {
		return set
	}
	folder, err := os.Getwd()
	if err == nil {
		var path string
		if path, err = filepath.Rel(folder, set); err == nil && !isKnown(path) {
			return path
		}
	}
	return "." + string(filepath.Separator) + filepath.Base(set)
}

// found returns where the data of a model file lie now: where they lay, seen from the current
// folder or from that of the model file, or in the folder of --data, which may be the data
// itself.
func (f *dataFlags) found(model, set string) string {
	if isKnown(set) {
		return set
	}
	places := []string{set, filepath.Join(filepath.Dir(model), set), filepath.Join(filepath.Dir(model), filepath.Base(set))}
	if f.dir != "" {
		inside := filepath.Join(f.dir, filepath.Base(set))
		places = []string{inside, f.dir}
		if info, err := os.Stat(f.dir); filepath.Ext(set) != "" && err == nil && info.IsDir() {
			places, set = places[:1], inside // a file that is not there is named
		}
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			if isKnown(place) {
				return "." + string(filepath.Separator) + place
			}
			return place
		}
	}
	return set
}

// openFor opens the data that the settings of a model file name.
func (f *dataFlags) openFor(cmd *cobra.Command, model string, s settings.Settings) (*dataset.Data, error) {
	named := s.Data.Set
	s.Data.Set = f.found(model, named)
	data, err := f.open(cmd, s)
	if err != nil && !isKnown(named) && errors.Is(err, fs.ErrNotExist) {
		err = withHint(err, "the model was trained on %s: --data FOLDER says where it lies now", named)
	}
	return data, err
}

func isKnown(set string) bool {
	return slices.ContainsFunc(fetch.List(), func(k fetch.Known) bool { return k.Name == set })
}

// dataFlags say where data may be found.
type dataFlags struct {
	dir     string
	offline bool
}

func (f *dataFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.dir, "data", "d", "", "`folder` that holds the files of the data set, or now those of a model")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "never download")
	complete(cmd, "data", completeFolders)
}

// options returns what package fetch needs to know, with fetches, and the reading of folders
// of images, reported to the standard error.
func (f *dataFlags) options(cmd *cobra.Command) fetch.Options {
	return fetch.Options{
		Options: dataset.Options{Reading: readingProgress(cmd.ErrOrStderr())},
		Dir:     f.dir, Offline: f.offline, Progress: fetchProgress(cmd.ErrOrStderr()),
	}
}

// isFolder reports whether there is a folder where a flag says; that nothing is there is an error.
func isFolder(flag, dir string) (bool, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, usagef("--%s %s: there is no such folder", flag, dir)
	case err != nil:
		return false, err
	}
	return info.IsDir(), nil
}

// check reports a --data that is no folder: it would be passed over in silence.
func (f *dataFlags) check(cmd *cobra.Command) error {
	if f.dir == "" {
		return nil
	}
	if is, err := isFolder("data", f.dir); err != nil || is {
		return err
	}
	use := map[string]string{
		"train": "basin train %s` trains on it", "eval": "basin eval MODEL %s` measures on it",
		"quantise": "basin quantise MODEL --check %s` compares on it", "compare": "basin compare %s` compares on it", "tune": "basin tune %s` searches on it",
		"inspect": "basin data inspect %s` shows it", "preview": "basin data preview %s` draws it", "bench": "basin bench --train %s` measures with it",
	}[cmd.Name()]
	err := usagef("--data %s is a file, want a folder", f.dir)
	if use == "" {
		return withHint(err, "--data is where the files of a data set with a name lie")
	}
	return withHint(err, "`"+use, word(f.dir))
}

// open opens the data that the settings name. A test share of 0 means no test set.
func (f *dataFlags) open(cmd *cobra.Command, s settings.Settings) (*dataset.Data, error) {
	data, err := interruptible(cmd.Context(), s.Data.Set, func() (*dataset.Data, error) { return basin.Open(cmd.Context(), s, f.options(cmd)) })
	if err != nil {
		return nil, hintSet(err)
	}
	printNotes(cmd.ErrOrStderr(), data.Notes())
	return data, nil
}

func openSet(ctx context.Context, set string, o fetch.Options) (*dataset.Data, error) {
	data, err := interruptible(ctx, set, func() (*dataset.Data, error) { return fetch.Open(ctx, set, o) })
	return data, hintSet(err)
}

// interruptible reads a data set, and ends when the context does: a file that is read, or a
// pipe that nobody writes to, goes on. Sets with a name heed the context themselves, and are
// not left behind with a download.
func interruptible(ctx context.Context, set string, read func() (*dataset.Data, error)) (*dataset.Data, error) {
	if isKnown(set) {
		return read()
	}
	type result struct {
		data *dataset.Data
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := read()
		done <- result{data, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.data, r.err
	}
}

// hintSet adds advice to the error of a data set that is not there; a file of a set, or of
// something else, that cannot be opened is no such error.
func hintSet(err error) error {
	var notFound *fetch.NotFoundError
	var file *fs.PathError
	var cell *tables.CellError
	switch {
	case errors.As(err, &cell):
		if len(cell.Also) > 0 {
			return withHint(err, "data.drop=[%s] leaves the columns out", strings.Join(append([]string{cell.Column}, cell.Also...), ","))
		}
		return withHint(err, "data.drop=[%s] leaves the column out", cell.Column)
	case errors.As(err, &notFound):
		for _, hint := range notFound.Hints {
			err = withHint(err, "%s", hint)
		}
		return err
	case errors.Is(err, os.ErrNotExist) && !errors.As(err, &file):
		return withHint(err, "`basin data list` lists the data sets that have a name")
	}
	return err
}

// readModel reads a model file.
func readModel(path string) (*basin.Model, error) {
	model, err := basin.Load(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, withHint(err, "`basin train` makes a model file")
	}
	return model, err
}
