package experiment
import ("testing";"context";"fmt";"time";"basin/dataset";"basin/train";"basin/network";"basin/internal/random";"math/bits";"os";"strings")
func gen(clusters int, noise float64, count int, D int, seed, part uint64) *train.Samples {
 n:=bits.Len(uint(clusters))-1
 st:=random.New(seed,random.Synthetic,0,uint64(clusters))
 code:=make([]float32,D)
 for k:=range code{code[k]=float32(1-2*int(st.Uint64()>>63))}
 s:=random.New(seed,random.Synthetic,1+part,uint64(clusters))
 set:=&dataset.Set{Name:"parity",Shape:[]int{D},LabelNames:[]string{"even","odd"}}
 for range count {
  c:=s.IntN(clusters)
  set.Labels=append(set.Labels,bits.OnesCount(uint(c))&1)
  for k:=range code {
   v:=code[k]
   if c>>(k*n/D)&1==1 {v=-v}
   if s.Float64()<noise {v=-v}
   set.Floats=append(set.Floats,v)
  }
 }
 p:=dataset.Preprocess{Scale:"none"}
 e,err:=p.Fit(set); if err!=nil{panic(err)}
 in,err:=e.Encode(set); if err!=nil{panic(err)}
 return &train.Samples{Inputs:in,Labels:set.Labels}
}
func TestZZ(t *testing.T){
 sets:=[][]string{}
 for _,l:=range strings.Split(os.Getenv("ZZ"),"|"){ sets=append(sets,strings.Split(l,";"))}
 for _,set:=range sets{
 for _,K:=range []int{4,8,16,32}{
 for _,noise:=range []float64{0,.1,.2}{
  task,err:=NewTraining(entangled,set...)
  if err!=nil{t.Fatal(err)}
  s:=task.Settings
  s.Seed=1
  tr,he:=gen(K,noise,4000,120,1,0),gen(K,noise,2000,120,1,1)
  n,err:=network.Draw(s.Network,[]int{120},2,1); if err!=nil{t.Fatal(err)}
  trainer,err:=train.New(s,n,tr,he,"test",1); if err!=nil{t.Fatal(err)}
  begin:=time.Now()
  acc:=[]float64{}; tac:=[]float64{}
  err=trainer.Run(context.Background(),func(p train.Progress) error{ if p.EpochDone{ h:=p.State.History[len(p.State.History)-1]; acc=append(acc,h.Held.Accuracy()); tac=append(tac,h.Training.Accuracy())}; return nil})
  if err!=nil{t.Fatal(err)}
  fmt.Printf("%v K %d noise %v held %.3f train %.3f %v\n",set,K,noise,acc,tac,time.Since(begin).Round(time.Millisecond))
 }}}
}
