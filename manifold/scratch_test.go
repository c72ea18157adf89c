package manifold
import ("testing";"basin/network";"time";"fmt")
func TestScratch(t *testing.T) {
	for _, N := range []int{16,20, 24, 28} {
		n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{Neurons: N, SelfCoupling: .3, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain:1,Density:1}}}}, []int{1}, 2, 1)
		if err != nil { t.Fatal(err) }
		st := time.Now()
		r, err := Census(n, nil, CensusOptions{Workers: 1})
		fmt.Println(N, time.Since(st), len(r.FixedPoints), err)
		if N<=20 {
		st = time.Now()
		c := 0
		for s, x := range r.system.targets() { if State(s)==x {c++}}
		fmt.Println(N, time.Since(st), c)
		}
	}
}
