// Package serve answers requests for predictions over HTTP, with the models of some files.
//
// [New] loads the models, [Server.Handler] answers requests, and [Server.Serve] does so on a
// listener until its context ends; then it answers what is under way. docs/serve.md is the
// reference for those who ask; this is how it works.
//
// A request goes through guard.go (token, limits, metrics), is read in body.go, which knows
// JSON (numbers.go for plain numbers, rows.go for everything else), CSV and images, and is
// checked against the model. Then it waits in the queue of its model, and batch.go predicts
// what waits there together. Each sample gets the prediction that [basin.Model.Predict] gives
// it alone, bit for bit, whatever else is in its batch.
//
// An [Entry] is a model under a name. The model in it is replaced whole (reload.go); requests
// under way end with the one that they began with. Errors are a [Problem] each (RFC 9457).
// routes.go has the table of routes, which is also the OpenAPI document.
package serve
