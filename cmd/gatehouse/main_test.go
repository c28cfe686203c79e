package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"gatehouse/migrations/localpg"
)

// actAs, set in the environment of a test binary, makes it the program, or a
// curl that knows as much as README.md uses of it.
const actAs = "GATEHOUSE_TEST_ACT_AS"

func TestMain(m *testing.M) {
	switch os.Getenv(actAs) {
	case "gatehouse":
		main()
	case "curl":
		os.Exit(curl(os.Args[1:]))
	}
	localpg.Main(m)
}

// curl does one request and returns curl's exit code.
func curl(args []string) int {
	method, body, url, fails := http.MethodGet, "", "", false
	header := http.Header{}
	for len(args) > 0 {
		option := args[0]
		args = args[1:]
		value := func() string {
			if len(args) == 0 {
				return ""
			}
			v := args[0]
			args = args[1:]
			return v
		}
		switch option {
		case "-sS":
		case "--fail-with-body":
			fails = true
		case "-X":
			method = value()
		case "-H":
			name, v, _ := strings.Cut(value(), ": ")
			header.Set(name, v)
		case "--json":
			body = value()
			header.Set("Content-Type", "application/json")
			if method == http.MethodGet {
				method = http.MethodPost
			}
		default:
			if strings.HasPrefix(option, "-") || url != "" {
				fmt.Fprintln(os.Stderr, "curl: this one does not know", option)
				return 2
			}
			url = option
		}
	}
	return request(method, url, body, header, fails)
}

func request(method, url, body string, header http.Header, fails bool) int {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 3
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, "curl:", err)
		return 7
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		return 23
	}
	if fails && resp.StatusCode >= http.StatusBadRequest {
		return 22
	}
	return 0
}
