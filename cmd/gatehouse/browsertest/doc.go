// Package browsertest runs a Chromium without a window, for tests of pages, and
// watches what it says. It is compiled with the build tag chromium alone, which
// make sets where a Chromium is found: the machine's, or the one that
// .ci/tools.sh has unpacked.
package browsertest
