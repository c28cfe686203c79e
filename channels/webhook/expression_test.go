package webhook

import (
	"fmt"
	"strings"
	"testing"

	"gatehouse/channels"
)

const odd = `{"a":{"b":["x","y"],"c.d":"dot","one":{"t":"1"}},"l":[{"k":"w","t":"1"},{"k":"h","t":2},{"t":null},[{"t":"deep"}],"s"],
	"n":null,"big":900719925474099312345,"blank":" ","a":{"b":["x","y"],"c.d":"dot","one":{"t":"1"}},"héllo wörld":"w","e":[],"f":false,"h":{"x":"no header"}}`

func TestExpressions(t *testing.T) {
	outer := map[string][]string{"header:X-A": {"one", "two"}, "$.shop": {"7"}}
	for text, want := range map[string]string{
		"a.b": "x\ny", "a.b.1": "y", "a.b[0]": "x", "a.b[-1]": "y", "a.b[2]": "", "a.b[-3]": "", "a.b[*]": "x\ny", "a": "!a: is a structure, not a text",
		`a."c.d"`: "dot", "a.c.d": "", "big": "900719925474099312345", "n": "", "n.x": "", "f": "false", "e": "", "e[*].x": "",
		"l[*].t": "1\n2", "l[?k=='h'].t": "2", "l[?k!='h'].t": "1", "l[? t == '2' ].k": "h", "l[3][0].t": "deep", "l[-1]": "s", "l[*]": "!l[*]: is a structure, not a text",
		"a.one[*].t": "1", "a.one[0].t": "1", "a.one[?t=='1'].t": "1", "a.one[?t=='2'].t": "", "a.b[*].x": "", "a.b.x": "",
		"blank || n || a.b.0": "x", "n || 'none, or || so'": "none, or || so", "''": "", " big||a ": "900719925474099312345",
		"héllo wörld": "w", "h.x": "no header", "header:X-A": "one\ntwo", "header: x-a": "", "header:X-B || 'no'": "no", "query:to": "", "$.shop": "7", "$.big": "900719925474099312345",
		"$": "!$: is a structure, not a text", "$[*].f": "false",
	} {
		var x expression
		if err := x.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		e := finder{source: document{&node{raw: []byte(odd)}}, outer: outer}
		got := e.find(lines{x})
		if e.err != nil {
			got = "!" + e.err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if again, _ := x.MarshalText(); string(again) != text {
			t.Errorf("%q is written %q", text, again)
		}
	}
}

func TestNoExpressions(t *testing.T) {
	for text, says := range map[string]string{
		"": "names", " ": "names", "a..b": "names", ".a": "names", "a.": "names", "a[": "[*]", "a[x]": "double quotes", "a[0": "[*]", "a[]": "[*]", "a[1.5]": "[*]",
		`"a`: "double quotes", `""`: "double quotes", "'a": "single", "a'b'": "||", "a | b": "||", "a ||": "names", "a || || b": "names", "a b = c": "||",
		"header:": "header or parameter", "header: || a": "header or parameter", "header:a b": "header or parameter", "query: ": "header or parameter", "$a": "dot", "$.": "names",
		"a[?b]": "[?name", "a[?b=='x]": "[?name", "a[?b==x]": "[?name", "a[?=='x']": "[?name", "a[?b=='x'": "[?name", "a[?b='x']": "[?name", "a]": "||", `a"b"`: "||",
	} {
		var x expression
		if err := x.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "no path") {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

// TestFormNames finds fields whose names are no paths.
func TestFormNames(t *testing.T) {
	f := form(channels.Form{{Name: "input_1.3", Value: "a"}, {Name: "f[name]", Value: "b"}, {Name: "p", Value: `{"x":[{"y":1},{"y":2}]}`}, {Name: "m", Value: "1"}, {Name: "m", Value: "2"},
		{Name: "dots.and spaces", Value: "c"}, {Name: "bad", Value: "{"}})
	for text, want := range map[string]string{
		"input_1.3": "a", "$.input_1.3": "a", `"f[name]"`: "b", "p.x[*].y": "1\n2", "p.x[1].y": "2", "m": "1\n2", "m.x": "", "dots.and spaces": "c", "bad.x": "", "bad": "{", "none": "",
	} {
		e := finder{source: f}
		if got := e.find(at(text)); got != want || e.err != nil {
			t.Errorf("%s: %q (%v), want %q", text, got, e.err, want)
		}
	}
}

// TestHostileBodies reads what costs most by its length.
func TestHostileBodies(t *testing.T) {
	const n = 50_000
	deep := strings.Repeat(`{"a":[`, 4000) + strings.Repeat(`]}`, 4000)
	wide := "[" + strings.Repeat(`{"a":{"\u0061":1}},`, n) + "0]"
	for name, c := range map[string]struct {
		body, path string
		want       int // texts
	}{
		"deep": {deep, strings.TrimPrefix(strings.Repeat(".a[*]", 30), "."), -1}, "deep and at its end": {deep, "a[?a.b=='x']", 0},
		"wide": {wide, "[*].a.a", n}, "condition": {wide, "[?a.a=='1'].a.a", n}, "no condition": {wide, "[?a.a!='1']", 1},
		"twice": {"{" + strings.Repeat(`"a":1,`, n) + `"a":[2,3]}`, "a", 2},
	} {
		var x expression
		if err := x.UnmarshalText([]byte(c.path)); err != nil {
			t.Fatal(err)
		}
		texts, err := document{&node{raw: []byte(c.body)}}.texts(x.any[0])
		if (err != nil) != (c.want < 0) || err == nil && len(texts) != c.want {
			t.Errorf("%s: %d texts, %v; want %d", name, len(texts), err, c.want)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"a.b[*].c || header:X-A", `$."x y"[-1][?a=='b'].c`, "'words'", "query:a"} {
		f.Add(seed, odd)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		var x, again expression
		if x.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(x.text)); err != nil || fmt.Sprint(again.any) == "" {
			t.Errorf("%q is not read again: %v", text, err)
		}
		source, _, err := sourceOf(ofJSON, "", []byte(body))
		if err != nil {
			return
		}
		e := finder{source: source}
		if found := e.find(lines{x}); len(found) > len(body)+len(text)+3*len(body) {
			t.Errorf("%q finds %d octets in %d", text, len(found), len(body))
		}
	})
}
