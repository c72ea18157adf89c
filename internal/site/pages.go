package main

// entry is a page: the document that it is made from, as a path in the repository, and its name in the column.
type entry struct {
	source, title string
}

// group is a part of the column.
type group struct {
	title string
	pages []entry
}

// packagesPage is made from package comments, not from a document.
const packagesPage = "packages.md"

// groups are all pages in their order.
var groups = []group{
	{"Start", []entry{
		{"README.md", "Basin"},
		{"docs/your-data.md", "Your own data"},
		{"docs/explore.md", "The explorer"},
	}},
	{"Guides", []entry{
		{"docs/guide.md", "Train and predict"},
		{"docs/which-settings.md", "Which settings to try"},
		{"docs/tune.md", "Settings for your data"},
		{"docs/serve.md", "Serve predictions"},
		{"docs/keep-learning.md", "Serve and keep learning"},
		{"docs/embed.md", "Embed in Go"},
		{"python/README.md", "Python"},
		{"docs/microcontroller.md", "On a microcontroller"},
		{"docs/from-elsewhere.md", "From darnax"},
	}},
	{"Theory and manifold", []entry{
		{"docs/model.md", "The model"},
		{"docs/manifold.md", "The manifold"},
		{"docs/experiments.md", "Experiments"},
		{"docs/cluster.md", "Experiments on several machines"},
	}},
	{"Reference", []entry{
		{"docs/reference.md", "Settings"},
		{"docs/presets.md", "Presets"},
		{"docs/performance.md", "Performance"},
		{"docs/reliability.md", "Reliability"},
		{"docs/compatibility.md", "What stays as it is"},
		{packagesPage, "Go packages"},
	}},
	{"Project", []entry{
		{"docs/architecture.md", "Architecture"},
		{"CONTRIBUTING.md", "Contributing"},
		{"docs/release.md", "How a release is made"},
		{"CHANGELOG.md", "Changelog"},
	}},
}

// names are the files of pages whose documents have other names.
var names = map[string]string{"README.md": "index", "python/README.md": "python", "CHANGELOG.md": "changelog", "CONTRIBUTING.md": "contributing"}
