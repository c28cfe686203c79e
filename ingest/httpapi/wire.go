package httpapi

import (
	"bytes"
	"encoding"
	"encoding/json"
	"io"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// timeFormat is RFC 3339 in UTC with milliseconds, always three digits.
const timeFormat = "2006-01-02T15:04:05.000Z"

// wireFormat writes the shapes of package ingest as the API promises them:
// times in UTC with milliseconds, arrays and objects never null. encoding/json
// can be told neither from outside of a type.
var wireFormat = huma.Format{Marshal: writeJSON, Unmarshal: json.Unmarshal}

func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	if err := encode(&b, reflect.ValueOf(v)); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	rawType     = reflect.TypeFor[json.RawMessage]()
	marshalJSON = reflect.TypeFor[json.Marshaler]()
	marshalText = reflect.TypeFor[encoding.TextMarshaler]()
	knownFields sync.Map // reflect.Type to []field
)

func encode(b *bytes.Buffer, v reflect.Value) error {
	if !v.IsValid() {
		b.WriteString("null")
		return nil
	}
	t := v.Type()
	switch {
	case t == timeType:
		b.WriteString(v.Interface().(time.Time).UTC().Format(`"` + timeFormat + `"`))
		return nil
	case t == rawType && v.Len() == 0:
		b.WriteString("{}")
		return nil
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		return encode(b, v.Elem()) // of nil: not valid, null
	case t.Implements(marshalJSON) || t.Implements(marshalText):
		return encodeLeaf(b, v)
	}
	switch v.Kind() {
	case reflect.Struct:
		return encodeStruct(b, v)
	case reflect.Map:
		return encodeMap(b, v)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() != reflect.Uint8 {
			return encodeList(b, v)
		}
	}
	return encodeLeaf(b, v)
}

func encodeLeaf(b *bytes.Buffer, v reflect.Value) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v.Interface()); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder's line end
	return nil
}

func encodeList(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(b, v.Index(i)); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func encodeMap(b *bytes.Buffer, v reflect.Value) error {
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encodeLeaf(b, k); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := encode(b, v.MapIndex(k)); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// field is a field of a struct as JSON has it; those of embedded structs are
// the outer's own.
type field struct {
	index     []int
	name      string
	omitEmpty bool
	asString  bool
}

func encodeStruct(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	first := true
	for _, f := range fieldsOf(v.Type()) {
		fv := v.FieldByIndex(f.index)
		if f.omitEmpty && (fv.IsZero() || fv.Kind() == reflect.Slice && fv.Len() == 0) {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(`"` + f.name + `":`)
		if err := encodeField(b, f, fv); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// encodeField writes a number that is an id as a string, and none as null.
func encodeField(b *bytes.Buffer, f field, v reflect.Value) error {
	switch {
	case !f.asString || !v.CanInt():
		return encode(b, v)
	case v.IsZero():
		b.WriteString("null")
		return nil
	}
	b.WriteString(strconv.Quote(strconv.FormatInt(v.Int(), 10)))
	return nil
}

func fieldsOf(t reflect.Type) []field {
	if known, ok := knownFields.Load(t); ok {
		return known.([]field)
	}
	var list []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" || !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		list = append(list, field{f.Index, name, strings.Contains(options, "omitempty"), strings.Contains(options, "string")})
	}
	knownFields.Store(t, list)
	return list
}
