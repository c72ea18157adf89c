package fetch

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"basin/dataset"
	"basin/dataset/internal/packed"
)

// imagesForm says what the set as folders of images looks like.
func (s source) imagesForm() string {
	return fmt.Sprintf("train/CLASS and test/CLASS with images of %s, CLASS being %s", dataset.ShapeText(s.Shape), strings.Join(s.folders, ", "))
}

// noFolder returns the first folder of a class that is not there, "" if all are.
func (s source) noFolder(dir string) string {
	for _, part := range []string{"train", "test"} {
		for _, class := range s.folders {
			if !packed.IsFolder(filepath.Join(dir, part, class)) {
				return part + "/" + class
			}
		}
	}
	return ""
}

// loadImages reads the set from folders of images. Their pixels differ from the published ones
// where a format loses some, so that no sum can be checked, which a note says.
func (s source) loadImages(ctx context.Context, dir string, o dataset.Options) (*dataset.Data, error) {
	d, err := dataset.Open(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if d.Test == nil || !slices.Equal(d.Train.Shape, s.Shape) || !slices.Equal(d.Train.LabelNames, s.folders) {
		return nil, fmt.Errorf("images of %s in %d classes, want %s", dataset.ShapeText(d.Train.Shape), d.Train.Classes(), s.imagesForm())
	}
	d.Train.Notes = append(d.Train.Notes, fmt.Sprintf("%s: %s is read from folders of images, %d and %d for testing: a JPEG file has not quite the pixels that were published, so no checksum is compared",
		dir, s.Title, d.Train.Count(), d.Test.Count()))
	return d, nil
}
