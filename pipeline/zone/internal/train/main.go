// Train makes the tables of the cell classifiers from rendered OCR-B alone: no
// document, of anybody, is among what they learn from. It is run by hand when
// the classifiers change:
//
//	go run ./pipeline/zone/internal/train
//
// The fonts are those of Debian's fonts-ocr-b. On two processors it takes less
// than an hour. The same recipes give the same tables everywhere, for the
// number of threads is fixed and so is the order of sums.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"touchstone.internal/pipeline/zone/internal/cell"
)

func main() {
	fonts := flag.String("fonts", "/usr/share/fonts/opentype/ocr-b", "folder with OCRB.otf and OCRBS.otf")
	out := flag.String("out", "pipeline/zone/internal/cell", "folder for the tables")
	only := flag.String("only", "", "the tables to make, by the beginning of their names: looks, finder, reader1, reader2")
	flag.Parse()
	if err := run(*fonts, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(fonts, out, only string) error {
	types, err := loadTypes(fonts)
	if err != nil {
		return err
	}
	if strings.HasPrefix("looks", only) {
		if err := writeLooks(types, filepath.Join(out, "looks.bin")); err != nil {
			return err
		}
	}
	for _, how := range recipes {
		if strings.HasPrefix(how.name, only) {
			if err := train(types, filepath.Join(out, how.name+".bin"), how); err != nil {
				return err
			}
		}
	}
	return nil
}

// How much is drawn for a round, and how often it is learned from.
const (
	strips = 6000
	epochs = 3
)

// threads is fixed, so that the sums come out alike everywhere.
const threads = 2

func train(types []typeface, out string, how recipe) error {
	t := newTrainer(how.shape, rand.New(rand.NewPCG(how.seed, 2))) //nolint:gosec // to be the same each time
	val := renderAll(types, how, 600, 99)
	steps := 0
	for r := range how.rounds {
		set := renderAll(types, how, strips, how.seed<<32|uint64(r)+1000)
		total := how.rounds * epochs * len(set) / batch
		for range epochs {
			t.rng.Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
			for i := 0; i+batch <= len(set); i += batch {
				t.step(set[i:i+batch], 1.5e-3*(.5+.5*math.Cos(math.Pi*float64(steps)/float64(total)))+1e-6)
				steps++
			}
		}
		table := t.net.Marshal()
		written, err := cell.Unmarshal(table, how.shape)
		if err != nil {
			return err
		}
		chars, junk := accuracy(written, val)
		fmt.Printf("%s, round %d: %d cells, characters right %.2f %%, junk right %.2f %%\n", how.name, r, len(set), 100*chars, 100*junk)
		if err := os.WriteFile(out, table, 0o644); err != nil { //nolint:gosec // a public table
			return err
		}
	}
	return nil
}

func renderAll(types []typeface, how recipe, strips int, seed uint64) []sample {
	parts := make([][]sample, threads)
	var wg sync.WaitGroup
	for p := range threads {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(p))) //nolint:gosec // to be the same each time
			for range strips / threads {
				parts[p] = append(parts[p], renderStrip(types, how, rng)...)
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

func accuracy(n *cell.Classifier, set []sample) (chars, junk float64) {
	var right, count [2]float64
	x := make([]float32, n.Size())
	for _, s := range set {
		s.floats(x)
		out := n.Logs(x)
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
