package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// noDigest stands in place of the digest while the file is hashed.
var noDigest = strings.Repeat("0", 2*sha256.Size)

// digestEntry is how the digest stands in a header. No other text can look like it: quotes
// inside a text are escaped.
func digestEntry(digest string) []byte { return []byte(`"` + digestKey + `":"` + digest + `"`) }

// seal fills the digest of a file into its header, which has none yet.
func seal(header []byte, b body, fold bool) error {
	at := bytes.Index(header, digestEntry(noDigest))
	if at < 0 {
		return fmt.Errorf("metadata %s: not in the header", digestKey)
	}
	hash := sha256.New()
	if err := write(hash, header, b, fold); err != nil {
		return err
	}
	copy(header[at:], digestEntry(hex.EncodeToString(hash.Sum(nil))))
	return nil
}

// checkDigest holds that a file is what was written: that its digest, taken with zeros in
// place of the digest, is the one in its metadata. The data begin at a place of the file.
func checkDigest(in io.ReaderAt, size int64, want string, data int64) error {
	header := make([]byte, data)
	if _, err := in.ReadAt(header, 0); err != nil {
		return err
	}
	at := bytes.Index(header, digestEntry(want))
	if at < 0 || len(want) != len(noDigest) {
		return fmt.Errorf("metadata %s: %.80q, want a SHA-256: %s", digestKey, want, damaged)
	}
	copy(header[at:], digestEntry(noDigest))
	hash := sha256.New()
	hash.Write(header)
	if _, err := io.Copy(hash, io.NewSectionReader(in, data, size-data)); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("SHA-256 %s, want %s as written in it: %s", got, want, damaged)
	}
	return nil
}

// damaged says what a wrong digest means.
const damaged = "the file is damaged, or was changed by another program; get it anew"
