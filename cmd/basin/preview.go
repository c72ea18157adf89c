package main

import (
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"text/tabwriter"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/internal/figure"
	"basin/internal/files"
)

// previewFlags are the flags of basin data preview.
type previewFlags struct {
	settingsFlags
	dataFlags
	out            string
	samples, views int
}

func newDataPreview() *cobra.Command {
	f := &previewFlags{}
	cmd := &cobra.Command{
		Use:   "preview [DATASET]",
		Short: "Draw images as a network is shown them while it learns",
		Long: `Preview draws a sheet of training images into a PNG file: in each line one image as
it was read, and beside it what is shown of it in the first epochs with the settings
preprocess.augment. The settings are those that basin train takes, given in the same
way, and equal settings show a network what the sheet shows. What each line holds is
printed: samples are counted among those that are learned.

Scaling, contrast, whitening, standardising and projections are not drawn, nor is noise.`,
		Example: `  basin data preview mnist --set preprocess.augment.rotation=10 --set preprocess.augment.shift=1.2
  basin data preview cifar-10 --config augmented.yaml --samples 12 --views 6 --out sheet.png`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeSetAt(0),
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, first(args)) },
	}
	f.settingsFlags.add(cmd)
	cmd.Flags().Float64Var(&f.validation, "validation", 0, "`share` of the training samples held out, which are not drawn")
	f.dataFlags.add(cmd)
	cmd.Flags().StringVarP(&f.out, "out", "o", "preview.png", "PNG `file` to write")
	cmd.Flags().IntVar(&f.samples, "samples", 10, "images, spread over the training samples: the lines of the sheet")
	cmd.Flags().IntVar(&f.views, "views", 8, "epochs of each: the columns beside the image itself")
	between(cmd, 1, 1000, "samples", "views")
	complete(cmd, "out", completeFiles("png"))
	complete(cmd, "samples", cobra.NoFileCompletions)
	complete(cmd, "views", cobra.NoFileCompletions)
	complete(cmd, "validation", cobra.NoFileCompletions)
	return cmd
}

func (f *previewFlags) run(cmd *cobra.Command, named string) error {
	if plotFormat(f.out) != "png" {
		return usagef("--out %q, want a name that ends in .png", f.out)
	}
	if err := hasFolder("sheet", f.out); err != nil {
		return err
	}
	if err := f.dataFlags.check(cmd); err != nil {
		return err
	}
	s, err := f.resolve(cmd, named)
	if err != nil {
		return err
	}
	if !s.Preprocess.Augment.On() {
		return withHint(usagef("nothing changes images while they are learned: preprocess.augment is off"),
			"for example --set preprocess.augment.rotation=10 --set preprocess.augment.shift=1")
	}
	// What comes after the changes costs time and is not drawn.
	s.Preprocess = dataset.Preprocess{Scale: "max", Standardise: "none", Augment: s.Preprocess.Augment}
	data, err := f.open(cmd, s)
	if err != nil {
		return err
	}
	task, err := basin.Prepare(s, data, basin.Limit{})
	if err != nil {
		return err
	}
	p := newPreview(task, min(f.samples, task.Training.Count()), f.views)
	sheet, err := figure.Sheet(p.pictures)
	if err != nil {
		return withHint(err, "--samples and --views say how many")
	}
	if err := files.Write(f.out, sheet); err != nil {
		return err
	}
	return p.print(cmd.OutOrStdout(), f.out)
}

// preview is a sheet of images, and what its lines hold.
type preview struct {
	task     *basin.Task
	places   []int
	pictures [][]image.Image
}

func newPreview(task *basin.Task, samples, views int) *preview {
	p := &preview{task: task}
	e, training := task.Encoder, task.Training
	row := make([]float32, e.Features)
	light := lightOf(e.Divisor, training, row)
	for k := range samples {
		place := k * training.Count() / samples
		training.Original(place, row)
		line := []image.Image{drawnOf(e.Shape, row, light)}
		for epoch := range views {
			training.Picture(place, row, task.Settings.Seed, uint64(epoch))
			line = append(line, drawnOf(e.Shape, row, light))
		}
		p.places, p.pictures = append(p.places, place), append(p.pictures, line)
	}
	return p
}

func (p *preview) print(w io.Writer, out string) error {
	views := len(p.pictures[0]) - 1
	fmt.Fprintf(w, "%s: the image, then epochs 1 to %d\n", out, views)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "line\tsample\tlabel")
	for k, place := range p.places {
		fmt.Fprintf(table, "%d\t%d\t%s\n", k+1, place+1, p.task.LabelNames[p.task.Training.Labels[place]])
	}
	return table.Flush()
}

// lightOf returns which shade of grey, 0 to 255, a raw value is: the largest of all training
// samples is white, and 0 black, unless there are values below.
func lightOf(largest float32, training *dataset.Samples, row []float32) func(v float32) uint8 {
	least := float32(0)
	for i := range training.Count() {
		training.Original(i, row)
		for _, v := range row {
			least = min(least, v)
		}
	}
	return func(v float32) uint8 {
		share := (float64(v) - float64(least)) / (float64(largest) - float64(least))
		return uint8(math.Round(255 * max(0, min(1, share))))
	}
}

// drawnOf draws an image of raw values: of three and more channels the first three as red, green
// and blue, else the first.
func drawnOf(shape []int, values []float32, light func(v float32) uint8) image.Image {
	channels := len(values) / (shape[0] * shape[1])
	picture := image.NewNRGBA(image.Rect(0, 0, shape[1], shape[0]))
	for k := range shape[0] * shape[1] {
		v := values[k*channels:]
		c := color.NRGBA{light(v[0]), light(v[0]), light(v[0]), 255}
		if channels >= 3 {
			c.G, c.B = light(v[1]), light(v[2])
		}
		picture.SetNRGBA(k%shape[1], k/shape[1], c)
	}
	return picture
}
