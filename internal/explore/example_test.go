package explore_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"basin/internal/explore"
)

// An explorer is a handler for a server that listens to this computer. Its rooms answer
// questions in JSON.
func Example() {
	explorer, err := explore.New(explore.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(explorer)
	defer server.Close()

	response, err := http.Post(server.URL+"/api/relax/run", "application/json", strings.NewReader(`{
		"network": "drawn", "neurons": 0
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(answer))
	// Output:
	// {"title":"Unprocessable Entity","status":422,"detail":"the number of neurons is 0, want 1 to 1000"}
}
