package explore

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Text has a contrast of 4.5 to 1 with what it stands on, what is drawn one of 3 to 1 (WCAG 2.2,
// 1.4.3 and 1.4.11), in both themes.
func TestColoursOfTheStyleCanBeTold(t *testing.T) {
	text, err := page.ReadFile("page/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, _ := strings.Cut(string(text), "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "* {")
	for theme, part := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, match := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]+);`).FindAllStringSubmatch(part, -1) {
			colours[match[1]] = luminance(t, match[2])
		}
		for _, pair := range [][2]string{
			{"ink", "paper"},
			{"ink", "field"},
			{"faint", "paper"},
			{"faint", "field"},
			{"accent", "paper"},
			{"accent", "field"},
			{"accent-ink", "accent"},
			{"bad", "paper"},
			{"bad", "field"},
			{"good", "paper"},
			{"good", "field"},
		} {
			if got := contrast(t, colours, pair); got < 4.5 {
				t.Errorf("%s: text of colour %s on %s has a contrast of %.2f, want 4.5", theme, pair[0], pair[1], got)
			}
		}
		for _, drawn := range []string{"plus", "minus", "flip"} {
			if got := contrast(t, colours, [2]string{drawn, "field"}); got < 3 {
				t.Errorf("%s: %s on the field has a contrast of %.2f, want 3", theme, drawn, got)
			}
		}
	}
}

func contrast(t *testing.T, colours map[string]float64, pair [2]string) float64 {
	t.Helper()
	a, known := colours[pair[0]]
	b, other := colours[pair[1]]
	if !known || !other {
		t.Fatalf("no colour %s or %s in %v", pair[0], pair[1], colours)
	}
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of a colour, rgb or rrggbb.
func luminance(t *testing.T, digits string) float64 {
	t.Helper()
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
