//go:build !noasm

package kernel

const (
	listBlock = 256 // receivers of which a list of those that are unstable stays on the stack
	listAhead = 3   // places of a list that are read beyond its end
	entryTail = 15  // entries that are read beyond a receiver's
)

// receiverList is a list of receivers with room for what is read beyond it.
type receiverList [listBlock + listAhead]int32

// unstableReceivers lists those of receivers from..to, at most listBlock, that have an
// unstable sample. Which ones they are cannot be foretold, so it does not branch.
func (l *receiverList) unstableReceivers(unstable []uint16, from, to int) (count int) {
	for i, u := range unstable[from:to] {
		l[count] = int32(from + i)
		count += int((uint32(u) + 0xffff) >> 16)
	}
	return count
}

// tail returns the receiver from which on entries are read beyond the end of the senders.
func tail(start, sender []int32, from, to int) int {
	for to > from && int(start[to])+entryTail > len(sender) {
		to--
	}
	return to
}

// sparsePlasticityShortWide leaves the last receivers to plain Go.
func sparsePlasticityShortWide(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns []uint16, step float32) {
	end := tail(start, sender, from, to)
	var list receiverList
	for at := from; at < end; at += listBlock {
		if count := list.unstableReceivers(unstable, at, min(at+listBlock, end)); count > 0 {
			sparsePlasticityShortAVX512(&value[0], &start[0], &sender[0], &list[0], count, &unstable[0], &signs[0], &senderSigns[0], step)
		}
	}
	sparsePlasticityShortReference(value, start, sender, end, to, unstable, signs, senderSigns, step)
}

// sparseInputPlasticityShortWide leaves the last receivers to plain Go.
func sparseInputPlasticityShortWide(value []float32, start, sender []int32, from, to int, inputs [][]float32, unstable, signs []uint16, step float32) {
	end := tail(start, sender, from, to)
	var list receiverList
	for at := from; at < end; at += listBlock {
		if count := list.unstableReceivers(unstable, at, min(at+listBlock, end)); count > 0 {
			sparseInputPlasticityShortAVX512(&value[0], &start[0], &sender[0], &list[0], count, &inputs[0], &unstable[0], &signs[0], step)
		}
	}
	sparseInputPlasticityShortReference(value, start, sender, end, to, inputs, unstable, signs, step)
}

// planeWide leaves neurons beyond a multiple of 64 to plain Go.
func planeWide(plane []uint8, masks [][]uint8) {
	blocks := len(masks[0]) / 8
	if blocks > 0 {
		planeAVX512(&plane[0], &masks[0], blocks)
	}
	planeFrom(plane, masks, 8*blocks)
}
