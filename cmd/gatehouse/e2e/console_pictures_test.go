//go:build long && chromium

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"gatehouse/cmd/gatehouse/browsertest"
)

var update = flag.Bool("update", false, "make the pictures of the documentation again")

// pictures is where the documentation has those of the console; mostOctets is how
// large one may be.
const (
	pictures   = "../../../docs/pictures"
	mostOctets = 150 << 10
)

// views are what the pictures show: a page, how wide and high, and by which way.
var views = []struct {
	name, page string
	width      int64
	height     int64
	dark       bool
	then       func(person)
}{
	{"today", "/", 1200, 900, false, nil},
	{"blocked", "/blocked", 1200, 900, false, nil},
	{"dialog", "/blocked", 1200, 900, false, func(p person) {
		p.Click("Release")
		p.Until(`document.activeElement.closest("dialog[open]")`)
	}},
	{"ticket", "/blocked?by=&text=cracked", 1200, 900, false, func(p person) { p.openFirst(".row .open") }},
	{"contact", "/search?q=noah%40example.org", 1200, 900, false, func(p person) { p.openFirst(`main a[href^="/contacts/"]`) }},
	{"rule", "/search?q=ann.miller%40example.com", 1200, 900, false, func(p person) { p.openFirst(`main a[href^="/rule?"]`) }},
	{"channels", "/channels", 1200, 700, false, nil},
	{"rules", "/rules", 1200, 800, false, nil},
	{"phone", "/blocked", 390, 800, false, nil},
	{"dark", "/blocked?by=", 1200, 800, true, nil},
}

// framesAreThere is true once the mail in the page's frames, which it may not
// look into, has come.
const framesAreThere = `[...document.querySelectorAll("iframe")].every(f => performance.getEntriesByName(f.src).some(e => e.responseEnd > 0))`

// openFirst goes where the first link leads that a selector finds.
func (p person) openFirst(selector string) {
	p.c.T.Helper()
	to := "document.querySelector(" + browsertest.Literal(selector) + ")"
	p.Until(to)
	p.open(browsertest.Value[string](p.Tab, "(({pathname, search}) => pathname + search)("+to+")"))
}

// The pictures of the documentation are made here, with -update; each page that
// they show can be reached as they were.
func TestLongConsolePictures(t *testing.T) {
	t.Parallel()
	c := morning(t)
	c.SQL(aDay)
	p := c.person(t, "admin", "Sue")
	for _, v := range views {
		p.Look(v.width, v.height, v.dark)
		p.open(v.page)
		if v.then != nil {
			v.then(p)
		}
		p.Until(framesAreThere)
		p.Picture("console-" + v.name)
		file := filepath.Join(pictures, v.name+".png")
		if *update {
			must(t, os.WriteFile(file, p.shot(), 0o644))
		}
		info, err := os.Stat(file)
		must(t, err)
		if info.Size() > mostOctets {
			t.Errorf("%s has %d octets", file, info.Size())
		}
	}
}

// aDay has what came a moment ago have come over a day, little of it at night,
// and the books say so: the plots add up to what is there. What answers another
// message came last.
const aDay = `lock table messages, intake, hours;
	alter table messages disable trigger messages_moved;
	update messages m set received_at = received_at - h * interval '1 hour'
	from (select seq as of, case when answers is not null then 0
		else floor(24 * (seq * 0.618034 % 1 + 0.1 * (1 - cos(6.2832 * (seq * 0.618034 % 1))) * (1 - seq * 0.618034 % 1)))::int % 24 end as h from messages) x
	where m.seq = x.of;
	alter table messages enable trigger messages_moved;
	update intake set hour = '-infinity';
	delete from hours;
	insert into hours (channel, hour, accepted, conversed, held, refused, dead, purged)
	select channel, date_trunc('hour', received_at), count(*), count(*) filter (where state = 'conversed'), count(*) filter (where state = 'held'),
		count(*) filter (where state = 'refused'), count(*) filter (where state = 'dead'), count(*) filter (where state = 'purged')
	from messages group by 1, 2`

// shot is a picture of what the window shows, in as few colours as a small file
// takes.
func (p person) shot() []byte {
	p.c.T.Helper()
	var b bytes.Buffer
	p.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		shot, err := chromedp.CaptureScreenshot()(ctx, t)
		if err != nil {
			return err
		}
		full, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			return err
		}
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, inFewColours(full))
	}))
	return b.Bytes()
}

// inFewColours is a picture in its commonest colours; others become the nearest.
func inFewColours(full image.Image) image.Image {
	counts := map[color.RGBA]int{}
	each(full, func(_, _ int, c color.RGBA) { counts[c]++ })
	common := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	few := image.NewPaletted(full.Bounds(), nil)
	for _, c := range common[:min(192, len(common))] {
		few.Palette = append(few.Palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	each(full, func(x, y int, c color.RGBA) {
		at, known := nearest[c]
		if !known {
			at = uint8(few.Palette.Index(c))
			nearest[c] = at
		}
		few.SetColorIndex(x, y, at)
	})
	return few
}

func each(full image.Image, do func(x, y int, c color.RGBA)) {
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			do(x, y, color.RGBAModel.Convert(full.At(x, y)).(color.RGBA))
		}
	}
}
