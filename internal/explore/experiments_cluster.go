package explore

import (
	"context"

	"basin/internal/sweep"
)

// clusterView is what goes on at a cluster.
type clusterView struct {
	// Given says that there is one to look at.
	Given bool `json:"given"`
	// Wrong says why there is no view, "" where there is one.
	Wrong string      `json:"wrong,omitempty"`
	View  *sweep.View `json:"view,omitempty"`
}

// lookAtCluster says what runs and workers do.
func (e *Explorer) lookAtCluster(ctx context.Context, _ struct{}) (*clusterView, error) {
	if e.options.Cluster == nil {
		return &clusterView{}, nil
	}
	v, err := e.options.Cluster.Look(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return &clusterView{Given: true, Wrong: "the servers of the cluster do not answer: " + err.Error()}, nil
	}
	return &clusterView{Given: true, View: &v}, nil
}
