// Train makes the table of the cell classifier from rendered OCR-B alone: no
// document, of anybody, is among what it learns from. It is run by hand when
// the classifier changes:
//
//	go run ./pipeline/zone/internal/train -fonts /usr/share/fonts/opentype/ocr-b -out pipeline/zone/internal/cell/weights.bin
//
// The same seed and the same number of threads give the same table.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"

	"touchstone.internal/pipeline/zone/internal/cell"
)

func main() {
	fonts := flag.String("fonts", "/usr/share/fonts/opentype/ocr-b", "folder with OCRB.otf and OCRBS.otf")
	out := flag.String("out", "pipeline/zone/internal/cell/weights.bin", "file to write")
	strips := flag.Int("strips", 6000, "strips to render for each round")
	rounds := flag.Int("rounds", 8, "rounds, each with fresh strips")
	epochs := flag.Int("epochs", 3, "times over the strips of a round")
	flag.Parse()
	if err := train(*fonts, *out, *strips, *rounds, *epochs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// threads is fixed, so that the sums come out alike everywhere.
const threads = 2

func train(fonts, out string, strips, rounds, epochs int) error {
	types, err := loadTypes(fonts)
	if err != nil {
		return err
	}
	t := newTrainer(rand.New(rand.NewPCG(1, 2)))
	val := renderAll(types, 600, 99)
	steps, total := 0, 0
	for r := range rounds {
		set := renderAll(types, strips, uint64(r)+1000)
		total = rounds * epochs * len(set) / batch
		for range epochs {
			t.rng.Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
			for i := 0; i+batch <= len(set); i += batch {
				t.step(set[i:i+batch], 1.5e-3*(.5+.5*math.Cos(math.Pi*float64(steps)/float64(total)))+1e-6)
				steps++
			}
		}
		chars, junk := accuracy(t.net, val)
		fmt.Printf("round %d: %d cells, characters right %.2f %%, junk right %.2f %%\n", r, len(set), 100*chars, 100*junk)
		if err := os.WriteFile(out, t.net.Marshal(), 0o644); err != nil { //nolint:gosec // a public table
			return err
		}
	}
	return nil
}

func renderAll(types []typeface, strips int, seed uint64) []sample {
	parts := make([][]sample, threads)
	var wg sync.WaitGroup
	for p := range threads {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(p)))
			for range strips / threads {
				parts[p] = append(parts[p], renderStrip(types, rng)...)
			}
		})
	}
	wg.Wait()
	var all []sample
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func accuracy(n *cell.Net, set []sample) (chars, junk float64) {
	var right, count [2]float64
	for _, s := range set {
		x := s.floats()
		var out [cell.Classes]float32
		n.Logs(&x, &out)
		best := 0
		for c := range out {
			if out[c] > out[best] {
				best = c
			}
		}
		kind := 0
		if int(s.class) == cell.Junk {
			kind = 1
		}
		count[kind]++
		if best == int(s.class) {
			right[kind]++
		}
	}
	return right[0] / count[0], right[1] / count[1]
}
