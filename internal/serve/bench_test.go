package serve

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A request of one sample without the network, with many others at once: what the server itself
// costs beside the prediction.
func BenchmarkRequest(b *testing.B) {
	a := served(b, Options{}, digits(b))
	body := asJSON(testSamples(b, 1))
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		reader := bytes.NewReader(body)
		for pb.Next() {
			reader.Reset(body)
			r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/v1/models/digits/predict", reader)
			r.Header.Set("Content-Type", typeJSON)
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatalf("status %d: %s", w.Code, w.Body)
			}
		}
	})
}
