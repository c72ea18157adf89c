package experiment

// Recipes returns all recipes, in the order in which they are listed.
func Recipes() []*Recipe {
	return []*Recipe{
		selfCoupling(),
		lambdas(),
		depths(),
		symmetries(),
		batches(),
		densities(),
		sizes(),
		ingredients(),
		manifoldExact(),
		capacities(),
		parities(),
		representations(),
	}
}
