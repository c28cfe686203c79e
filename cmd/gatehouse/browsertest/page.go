//go:build chromium

package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Look makes the page as wide and as high as a window, in points, and has the
// reader like light pages or dark ones.
func (tab Tab) Look(width, height int64, dark bool) {
	tab.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	tab.Do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// At waits until the tab is at a path, and its page is whole. Without a query
// the page's may be any.
func (tab Tab) At(path string) {
	tab.t.Helper()
	here := "location.pathname + location.search"
	if !strings.Contains(path, "?") {
		here = "location.pathname"
	}
	tab.Until(fmt.Sprintf(`document.readyState === "complete" && %s === %s`, here, Literal(path)))
}

// See waits until the page shows texts, whatever blanks are between the words.
func (tab Tab) See(texts ...string) {
	tab.t.Helper()
	for _, text := range texts {
		tab.Until(fmt.Sprintf(`document.body.innerText.replace(/\s+/g, " ").includes(%s)`, Literal(text)))
	}
}

// named are keys that have one.
var named = map[string]string{"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Space": " ", "Up": kb.ArrowUp, "Down": kb.ArrowDown,
	"Backspace": kb.Backspace}

// Press presses keys one after another: those of named, or the one that writes
// a character.
func (tab Tab) Press(keys ...string) {
	tab.t.Helper()
	for _, key := range keys {
		text, known := named[key]
		if !known {
			text = key
		}
		if len([]rune(text)) != 1 {
			tab.t.Fatalf("there is no key %q", key)
		}
		tab.Do(chromedp.KeyEvent(text))
	}
}

// Write writes a text where the focus is.
func (tab Tab) Write(text string) {
	tab.t.Helper()
	tab.Do(chromedp.KeyEvent(text))
}

// Fill writes a text into the field with a label, in place of what it holds.
func (tab Tab) Fill(label, text string) {
	tab.t.Helper()
	tab.Until(fmt.Sprintf(`(%s)(%s)`, field, Literal(label)))
	tab.Write(text)
}

// field finds the field of a label in the topmost dialog, else on the page,
// focuses it, and chooses what it holds.
const field = `(label) => {
	const within = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
	const said = (e) => [e.getAttribute("aria-label") ?? "", ...[...e.labels ?? []].map((l) => l.textContent)].map((t) => t.replace(/\s+/g, " ").trim());
	const all = [...within.querySelectorAll("input, textarea, select")].filter((e) => e.checkVisibility());
	const e = all.find((e) => said(e).includes(label)) ?? all.find((e) => said(e).some((t) => t.startsWith(label)));
	if (!e) return false;
	e.focus();
	e.select?.();
	return document.activeElement === e;
}`

// Click clicks on the button or link that a text named, in the topmost dialog
// if there is one, as soon as nothing lies over it.
func (tab Tab) Click(text string) {
	tab.t.Helper()
	at := fmt.Sprintf(`(%s)(%s)`, place, Literal(text))
	tab.Until(at)
	xy := Value[[]float64](tab, at+" ?? []")
	if len(xy) != 2 {
		tab.t.Fatalf("%q is gone", text)
	}
	tab.Do(chromedp.MouseClickXY(xy[0], xy[1]))
}

// place finds where the middle of what a text named is. A text that is all of
// the name is better than one that it begins with.
const place = `(text) => {
	const within = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
	const said = (e) => (e.getAttribute("aria-label") ?? e.innerText).replace(/\s+/g, " ").trim();
	const all = [...within.querySelectorAll("a, button, summary, label, input[type=checkbox], input[type=radio]")].filter((e) => e.checkVisibility());
	const e = all.find((e) => said(e) === text) ?? all.find((e) => said(e).startsWith(text));
	if (!e) return null;
	e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
	const r = e.getClientRects()[0];
	const at = [r.x + r.width / 2, r.y + r.height / 2];
	return e.contains(document.elementFromPoint(...at)) ? at : null;
}`

// Literal is a text as JavaScript has it.
func Literal(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always can
	}
	return string(b)
}
