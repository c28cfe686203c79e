package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"
)

// A page is a part of the log, or of another list.
type page struct {
	Items []json.RawMessage
	Next  string
}

// get asks the API until it answers; gone is its 410.
func get(path string) (p page, gone bool) {
	r, err := http.NewRequest(http.MethodGet, os.Getenv("GATEHOUSE_URL")+"/api/v1/"+path, nil)
	check(err)
	r.Header.Set("Authorization", "Bearer "+os.Getenv("GATEHOUSE_TOKEN"))
	client := http.Client{Timeout: time.Minute}
	for ; ; time.Sleep(time.Second) {
		resp, err := client.Do(r)
		if err != nil {
			log.Print(err)
			continue
		}
		err = json.NewDecoder(resp.Body).Decode(&p)
		resp.Body.Close()
		switch code := resp.StatusCode; {
		case code == http.StatusGone:
			return page{}, true
		case code == http.StatusOK && err == nil:
			return p, false
		case code >= 400 && code < 500 && code != http.StatusTooManyRequests:
			log.Fatalf("%s: %s", path, resp.Status)
		default:
			log.Printf("%s: %s, %v", path, resp.Status, err)
		}
	}
}
