package kernel

// DifferencesRows and DifferencesWords are what the rows and the words of a row of
// [Differences] are multiples of.
const (
	DifferencesRows  = 4
	DifferencesWords = 8
)

// Differences counts the bits in which rows of words differ:
//
//	counts[i*stride+j] = sum over w of OnesCount64(a[i*words+w] ^ b[j*words+w])
//
// for all rows i of a and j of b. Of states as bits, one bit for each sample, the products of
// the states of two neurons sum to samples - 2 counts.
func Differences(counts []int32, stride int, a, b []uint64, words int) {
	check(words > 0 && words%DifferencesWords == 0 && words <= 1<<24 && len(a)%(DifferencesRows*words) == 0 && len(b)%(DifferencesRows*words) == 0, "Differences")
	rows, columns := len(a)/words, len(b)/words
	if rows == 0 || columns == 0 {
		return
	}
	check(stride >= columns && len(counts) >= (rows-1)*stride+columns, "Differences")
	active.differences(counts, stride, a, b, words)
}

// Factors are the two matrices whose product [SubtractProducts] takes: term k of row i and
// column j is A[i*Row+k*Term] * B[k*Next+j].
type Factors struct {
	A         []float64
	Row, Term int
	B         []float64
	Next      int
}

// ProductRows and ProductColumns are what the rows and columns of [SubtractProducts] are
// multiples of.
const (
	ProductRows    = 4
	ProductColumns = 32
)

// SubtractProducts subtracts a product of matrices from a block of rows and columns of c:
//
//	c[i*stride+j] -= f.A[i*f.Row+k*f.Term] * f.B[k*f.Next+j]    for k = 0, 1, ... terms-1
//
// one term after the other, each product rounded, then subtracted.
func SubtractProducts(c []float64, stride, rows, columns int, f Factors, terms int) {
	check(rows >= 0 && columns >= 0 && terms >= 0 && rows%ProductRows == 0 && columns%ProductColumns == 0, "SubtractProducts")
	if rows == 0 || columns == 0 || terms == 0 {
		return
	}
	check(stride >= columns && f.Row > 0 && f.Term > 0 && f.Next >= columns && len(c) >= (rows-1)*stride+columns &&
		len(f.A) > (rows-1)*f.Row+(terms-1)*f.Term && len(f.B) >= (terms-1)*f.Next+columns, "SubtractProducts")
	active.subtractProducts(c, stride, rows, columns, f, terms)
}
