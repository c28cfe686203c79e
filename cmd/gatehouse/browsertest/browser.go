//go:build chromium

package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/chromedp"

	"gatehouse/ingest/local"
)

// A browser is a Chromium of one test's own. It runs as the servers' user, who
// is never root, takes its commands from a pipe, and ends with that.
type browser struct {
	tab context.Context
	end []context.CancelFunc
}

// Stop ends the browser and waits for it.
func (b *browser) Stop() error {
	err := chromedp.Cancel(b.tab)
	for _, end := range b.end {
		end()
	}
	return err
}

// start runs a browser in a base. Where the system gives ordinary users no
// namespaces, as in most containers, the browser cannot shut its pages in, and
// does without: they are our own.
func start(base *local.Base) (*browser, error) {
	path, err := find(base.Tools)
	if err != nil {
		return nil, err
	}
	b, err := run(base, path, true)
	if err == nil {
		return b, nil
	}
	b, again := run(base, path, false)
	if again != nil {
		return nil, fmt.Errorf("%s: %w; without a sandbox: %w", path, err, again)
	}
	return b, nil
}

// names are what a Chromium is called. .ci/tools.sh looks for the same.
var names = []string{"chromium-headless-shell", "chromium", "google-chrome"}

func find(tools string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	path := filepath.Join(tools, "usr/lib/chromium/chromium-headless-shell")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("no Chromium, which .ci/tools.sh chromium unpacks: %w", err)
	}
	return path, nil
}

// run starts a browser and opens a tab.
func run(base *local.Base, path string, sandbox bool) (*browser, error) {
	home, err := base.Mkdir(fmt.Sprintf("chromium-%t", sandbox))
	if err != nil {
		return nil, err
	}
	fonts, err := writeFonts(base)
	if err != nil {
		return nil, err
	}
	as := base.Command(path)
	as.SysProcAttr.Pdeathsig = 0 // the pipe is enough, and holds no thread
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(home),
		chromedp.DisableGPU, chromedp.WindowSize(800, 700), chromedp.Flag("no-sandbox", !sandbox), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr, cmd.Dir, cmd.Env = as.SysProcAttr, as.Dir, append(as.Env, "HOME="+home, "FONTCONFIG_FILE="+fonts)
		}))
	b := &browser{}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	b.end = append(b.end, cancel)
	b.tab, cancel = chromedp.NewContext(ctx)
	b.end = append(b.end, cancel)
	if err := chromedp.Do(b.tab); err != nil {
		return nil, errors.Join(err, b.Stop())
	}
	return b, nil
}

// fonts are the machine's, and those that came with the unpacked browser. What is
// not among them is DejaVu Sans, and not just any.
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>/usr/share/fonts</dir>
<dir>%s/usr/share/fonts</dir>
<cachedir>%s</cachedir>
<match><test name="family"><string>monospace</string></test><edit name="family" mode="append_last" binding="strong"><string>DejaVu Sans Mono</string></edit></match>
<match><edit name="family" mode="append_last" binding="strong"><string>DejaVu Sans</string></edit></match>
</fontconfig>
`

func writeFonts(base *local.Base) (file string, err error) {
	cache, err := base.Mkdir("fonts")
	if err != nil {
		return "", err
	}
	file = filepath.Join(base.Dir, "fonts.conf")
	return file, os.WriteFile(file, fmt.Appendf(nil, fonts, base.Tools, cache), 0o644)
}
