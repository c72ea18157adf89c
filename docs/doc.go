// Package docs holds the guide that the explorer shows beside its rooms: explore.md of this
// folder, with its pictures. The other documents are for reading in the repository.
package docs

import "embed"

// Explorer has explore.md and the folder images/explorer.
//
//go:embed explore.md images/explorer
var Explorer embed.FS
