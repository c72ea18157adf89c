// What the parts of the room manifold say of fixed points.

// near counts the fixed points within a distance of one.
export function near(p, distance) { return p.around.slice(1, distance + 1).reduce((sum, n) => sum + n, 0); }

export function percent(share) { return (100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 1) + " %"; }
