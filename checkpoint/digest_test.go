package checkpoint

import (
	"bytes"
	"strings"
	"testing"
)

// A bit of every byte, and every bit of the length of the header and of the digest itself.
func TestAFlippedBitOfEveryByteIsAnError(t *testing.T) {
	const index = 7 // the smallest file
	m, state := samples()[index].draw(t)
	for name, whole := range map[string][]byte{"model": file(t, m, nil), "checkpoint": file(t, m, &state)} {
		digest := bytes.Index(whole, []byte(`"`+digestKey+`":`))
		if digest < 0 {
			t.Fatalf("%s: no digest", name)
		}
		for at := range whole {
			all := at < 8 || at >= digest && at < digest+len(digestEntry(noDigest))
			for bit := range 8 {
				if !all && bit != at%8 {
					continue
				}
				b := bytes.Clone(whole)
				b[at] ^= 1 << bit
				if _, err := readBytes(b); err == nil {
					t.Fatalf("%s, %s: loads with bit %d of byte %d of %d flipped", samples()[index].name, name, bit, at, len(whole))
				}
			}
		}
	}
}

func TestDamageIsNamed(t *testing.T) {
	m, _ := samples()[0].draw(t)
	b := file(t, m, nil)
	b[len(b)-1] ^= 1
	if _, err := Load(put(t, b)); err == nil || !strings.Contains(err.Error(), "the file is damaged") {
		t.Errorf("error %v, want one that says that the file is damaged", err)
	}
}

// A file of the first format has no digest.
func TestFilesWithoutADigestLoad(t *testing.T) {
	m, state := samples()[0].draw(t)
	p := takeApart(t, file(t, m, &state))
	p.header["__metadata__"]["format_version"] = "1"
	delete(p.header["__metadata__"], "digest")
	l, err := readBytes(p.join(t))
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "model", l.model, m)
	mustEqual(t, "state", *l.state, state)
}

// A free text that looks like a digest is none.
func TestTheDigestIsFoundBesideTextsThatLookLikeIt(t *testing.T) {
	m, _ := samples()[0].draw(t)
	m.Version = string(digestEntry(noDigest))
	m.LabelNames[0] = noDigest + string(digestEntry(noDigest))
	if l, err := readBytes(file(t, m, nil)); err != nil || l.model.Version != m.Version {
		t.Errorf("version %q, error %v", l.model.Version, err)
	}
}
