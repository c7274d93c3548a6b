package zone

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

func TestLabGroups(t *testing.T) {
	if os.Getenv("LAB") == "" {
		t.Skip()
	}
	for i := range 6 {
		c := fixtures.Phone(uint64(i))
		c.Width = []int{1630, 4000, 800}[i%3]
		g, _ := shot(t, fixtures.Spec{Format: []mrz.Format{mrz.TD3, mrz.TD1, mrz.MRVB}[i%3], Seed: uint64(i)}, c)
		planes := pyramidOf(g)
		v := viewAt(planes, 0)
		search := &reader{planes: planes, finder: cell.NewFinder()}
		gs := groups(planes)
		fmt.Println("picture", i, "groups", len(gs))
		for k, bs := range gs {
			before := search.cells
			laid, ok := search.lay(bs)
			var m float64
			if ok {
				s := sighting{v.mapped(laid)}
				search.refine(&s.grid)
				m = s.mean()
			}
			fmt.Printf("  %2d n %d unlike %.2f cells %d mean %.2f len %.0f h %.1f\n", k, len(bs), unlike(bs), search.cells-before, m, bs[0].length(), bs[0].height)
		}
	}
	_ = slices.Max[[]int]
}
