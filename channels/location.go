package channels

import (
	"encoding/json"
	"errors"
	"strconv"

	"gatehouse/ingest"
)

// Location is a place that somebody sent instead of words. A message carries
// it as an attachment, a GeoJSON feature (RFC 7946), made of the raw message
// whenever it is asked for.
type Location struct {
	Latitude, Longitude json.Number // degrees (WGS 84), as written
	Name, Address       string
}

var errNoPlace = errors.New("the location is no latitude and longitude")

// Check returns nil for a place on Earth.
func (l Location) Check() error {
	lat, err := strconv.ParseFloat(string(l.Latitude), 64)
	if err != nil || !(lat >= -90 && lat <= 90) {
		return errNoPlace
	}
	lon, err := strconv.ParseFloat(string(l.Longitude), 64)
	if err != nil || !(lon >= -180 && lon <= 180) || !json.Valid([]byte("["+l.Latitude+","+l.Longitude+"]")) {
		return errNoPlace
	}
	return nil
}

type geoJSON struct {
	Type     string `json:"type"`
	Geometry struct {
		Type        string         `json:"type"`
		Coordinates [2]json.Number `json:"coordinates"` // longitude first (§3.1.1)
	} `json:"geometry"`
	Properties struct {
		Name    string `json:"name,omitempty"`
		Address string `json:"address,omitempty"`
	} `json:"properties"`
}

// GeoJSON is the attachment's bytes.
func (l Location) GeoJSON() ([]byte, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	g := geoJSON{Type: "Feature"}
	g.Geometry.Type, g.Geometry.Coordinates = "Point", [2]json.Number{l.Longitude, l.Latitude}
	g.Properties.Name, g.Properties.Address = l.Name, l.Address
	return json.Marshal(g)
}

// File is the place as a message carries it.
func (l Location) File() (File, error) {
	b, err := l.GeoJSON()
	if err != nil {
		return File{}, err
	}
	return File{Attachment: ingest.Attachment{Filename: "location.geojson", ContentType: "application/geo+json"}, Bytes: b}, nil
}
