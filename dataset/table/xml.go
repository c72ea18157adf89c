package table

import (
	"encoding/xml"
	"fmt"
	"io"

	"basin/dataset/internal/packed"
)

// deepest bounds the elements of XML around another one, each of which a decoder remembers.
const deepest = 100

// elements reads XML that nobody vouches for.
type elements struct {
	*xml.Decoder
	depth int
}

func newElements(text io.Reader) *elements {
	return &elements{Decoder: xml.NewDecoder(packed.Elements(text))}
}

// Token returns the next token.
func (e *elements) Token() (xml.Token, error) {
	token, err := e.Decoder.Token()
	switch token.(type) {
	case xml.StartElement:
		if e.depth++; e.depth > deepest {
			return nil, fmt.Errorf("elements in more than %d others", deepest)
		}
	case xml.EndElement:
		e.depth--
	}
	return token, err
}

// Skip passes over the rest of an element that has begun.
func (e *elements) Skip() error {
	for outside := e.depth - 1; e.depth > outside; {
		if _, err := e.Token(); err != nil {
			return err
		}
	}
	return nil
}

func attributeOf(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
