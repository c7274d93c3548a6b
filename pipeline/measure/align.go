package measure

// Pair says which byte of one text stands for which of another; -1 where there
// is none.
type Pair struct{ Want, Got int }

// Distance is the least number of bytes to change, insert or leave out that
// makes one text of another (V. I. Levenshtein, Soviet Physics Doklady 10,
// 1966, p. 707).
func Distance(want, got string) int {
	table := distances(want, got)
	return table[len(want)][len(got)]
}

// Align pairs the bytes of two texts along one way of the least distance
// (Wagner and Fischer, JACM 21, 1974, p. 168), in order. Where several ways
// are as short it keeps bytes together rather than apart, from the end on, so
// that the answer is always the same one.
func Align(want, got string) []Pair {
	table := distances(want, got)
	i, j := len(want), len(got)
	back := make([]Pair, 0, max(i, j))
	for i > 0 || j > 0 {
		switch {
		case i > 0 && j > 0 && table[i][j] == table[i-1][j-1]+differ(want[i-1], got[j-1]):
			i, j = i-1, j-1
			back = append(back, Pair{i, j})
		case i > 0 && table[i][j] == table[i-1][j]+1:
			i--
			back = append(back, Pair{i, -1})
		default:
			j--
			back = append(back, Pair{-1, j})
		}
	}
	for a, b := 0, len(back)-1; a < b; a, b = a+1, b-1 {
		back[a], back[b] = back[b], back[a]
	}
	return back
}

// distances holds at [i][j] the distance of the first i bytes of one text to
// the first j of the other.
func distances(want, got string) [][]int {
	table := make([][]int, len(want)+1)
	for i := range table {
		table[i] = make([]int, len(got)+1)
		table[i][0] = i
	}
	for j := range table[0] {
		table[0][j] = j
	}
	for i := range len(want) {
		for j := range len(got) {
			table[i+1][j+1] = min(table[i][j]+differ(want[i], got[j]), table[i][j+1]+1, table[i+1][j]+1)
		}
	}
	return table
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
