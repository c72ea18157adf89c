// Package explore is the page of `basin explore`: five rooms in which one sees a network
// relax, learn and hold what it has learned.
//
// [New] makes an [Explorer] of a model, which may be missing, and of folders with results; it is a
// [net/http.Handler] for a server that listens to this computer. The page is embedded: HTML,
// CSS and JavaScript modules in page/, which ask nothing of another server. Each room has a
// file here, which registers what the room asks for under /api/ROOM/, and a module of the same
// name in page/, which draws it:
//
//   - relax: neurons settle, sweep by sweep
//   - learn: a small network is trained while one watches
//   - manifold: all fixed points of a small network
//   - model: what the couplings of a model look like, and where it is in doubt
//   - experiments: folders of results, side by side
//
// What is computed is that of the packages that the command line uses: one mini-batch is one
// of package protocol, one sweep one of package dynamics. Questions are JSON and are answered
// with JSON or, while something goes on, with server-sent events.
//
// Read explore.go, then answer.go, then a room; of the page main.js, then a room.
package explore
