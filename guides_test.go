package basin_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// guides are the documents that work from top to bottom: their blocks of commands run in an empty folder, as one script,
// and leave the files that are named here. What runs is marked sh; what is only shown is marked console or text.
var guides = []struct {
	path  string
	files []string
}{
	{"docs/guide.md", []string{"scans.safetensors", "final.safetensors", "new.json", "predictions.csv", "predictions.jsonl"}},
	{"docs/which-settings.md", []string{"first.svg", "late.json", "few.safetensors", "eights.safetensors"}},
	{"docs/from-elsewhere.md", []string{"mine.yaml", "theirs.yaml", "paper.yaml", "again.yaml"}},
	{"docs/microcontroller.md", []string{"small-3bit.c"}},
	{"docs/tune.md", []string{"search/best.yaml", "search/tried.csv", "digits.safetensors"}},
	{"docs/your-data.md", []string{"mine.safetensors"}},
	{"docs/keep-learning.md", []string{"digits.safetensors.online/snapshots/after.safetensors"}},
}

// servedAt is where the servers of guides listen.
const servedAt = "127.0.0.1:8080"

// free returns an address of this computer on which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// What the guides print is not held here, so that few epochs do.
var fewEpochs = strings.NewReplacer("epochs: 20\n", "epochs: 3\n", "--epochs 100 ", "--epochs 3 ")

func TestGuidesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the guides train for some seconds")
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh to run the guides with")
	}
	binary := build(t)
	_, noCompiler := exec.LookPath("gcc")
	texts := documents(t)
	for _, guide := range guides {
		t.Run(strings.TrimSuffix(filepath.Base(guide.path), ".md"), func(t *testing.T) {
			script := ""
			for _, block := range blocks(texts[guide.path], "sh") {
				if noCompiler != nil && strings.HasPrefix(block, "gcc ") {
					t.Logf("no gcc, not run:\n%s", block)
					continue
				}
				script += block
			}
			if script == "" {
				t.Fatalf("%s has no block of commands", guide.path)
			}
			if strings.Contains(script, servedAt) {
				if _, err := exec.LookPath("curl"); err != nil {
					t.Skip("no curl to ask the server with")
				}
				// Servers of the guide end with its script, and listen where nobody else does.
				script = "trap 'kill $! 2> /dev/null || true' EXIT\n" + strings.ReplaceAll(script, servedAt, free(t))
			}
			cmd := exec.Command(shell, "-e", "-c", fewEpochs.Replace(script))
			cmd.Dir = t.TempDir()
			cmd.WaitDelay = 10 * time.Second // for a server that the script left behind
			cmd.Env = append(os.Environ(),
				"PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"), "XDG_CACHE_HOME="+t.TempDir())
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, file := range guide.files {
				if info, err := os.Stat(filepath.Join(cmd.Dir, file)); err != nil || info.Size() == 0 {
					t.Errorf("%s: not written (%v)", file, err)
				}
			}
		})
	}
}
