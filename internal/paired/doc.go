// Package paired says whether the difference of two learners that were measured on the same
// samples is more than chance.
//
// [Difference] is over seeds: its mean has an interval of 95 % by Student's t. [McNemar] is over
// samples: it asks whether those that only one of both has right are as often the one's as the
// other's. The first tells a difference from the luck of a draw, the second from that of the
// samples that happened to be measured.
//
// Read difference.go, then mcnemar.go.
package paired
