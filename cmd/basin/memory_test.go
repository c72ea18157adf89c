package main

import (
	"testing"
	"testing/fstest"
)

func TestAvailableMemoryIsTheLeastThatAnythingAllows(t *testing.T) {
	const meminfo = "MemTotal:       64000 kB\nMemAvailable:   1000 kB\n"
	for name, row := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing says": {nil, 0},
		"machine":      {map[string]string{"proc/meminfo": meminfo}, 1000 << 10},
		"no limit": {map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n",
		}, 1000 << 10},
		"version 2": {map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "5000\n", "sys/fs/cgroup/a/b/memory.current": "3000\n",
			"sys/fs/cgroup/a/b/memory.stat": "anon 2000\ninactive_file 700\n",
		}, 2700},
		"the group above is narrower": {map[string]string{
			"proc/self/cgroup":             "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "5000\n", "sys/fs/cgroup/a/memory.max": "400\n",
		}, 400},
		"root of a container": {map[string]string{
			"proc/self/cgroup": "0::/docker/123\n", "sys/fs/cgroup/memory.max": "800\n", "sys/fs/cgroup/memory.current": "900\n",
		}, 1},
		"version 1": {map[string]string{
			"proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/x\n3:memory:/a\n0::/\n",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "6000\n",
			"sys/fs/cgroup/memory/a/memory.usage_in_bytes": "1000\n",
			"sys/fs/cgroup/memory/a/memory.stat":           "inactive_file 1\ntotal_inactive_file 100\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":   "9223372036854771712\n",
		}, 5100},
	} {
		root := fstest.MapFS{}
		for path, text := range row.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := availableMemory(root); got != row.want {
			t.Errorf("%s: %d bytes, want %d", name, got, row.want)
		}
	}
}
