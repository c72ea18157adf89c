package recipes

import (
	"fmt"

	"basin/internal/experiment"
	"basin/internal/spelling"
)

// All returns all recipes, in the order in which they are listed.
func All() []*experiment.Recipe {
	return []*experiment.Recipe{
		selfCoupling(),
		lambdas(),
		depths(),
		symmetries(),
		batches(),
		densities(),
		sizes(),
		samples(),
		couplingBits(),
		readouts(),
		ingredients(),
		manifoldExact(),
		manifoldScale(),
		trainedManifolds(),
		capacities(),
		parities(),
		representations(),
		robustness(),
		images(),
		associations(),
	}
}

// UnknownError is the name of a recipe that does not exist.
type UnknownError struct {
	Name string
	// Near is the recipe that was perhaps meant, "" for none.
	Near string
}

// Error names the recipe that is not there.
func (e UnknownError) Error() string { return fmt.Sprintf("experiment: no recipe %q", e.Name) }

// Find returns the recipe of a name, or an [UnknownError].
func Find(name string) (*experiment.Recipe, error) {
	var names []string
	for _, r := range All() {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return nil, UnknownError{Name: name, Near: spelling.Nearest(name, names)}
}
