package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// prefix begins the variables that stand for keys of the file.
const prefix = "GATEHOUSE"

// override sets scalars from GATEHOUSE_ and the key's path, in capitals:
// GATEHOUSE_HTTP_LISTEN is http.listen.
func override(c *Config, environ func(string) (string, bool)) error {
	if c.places == nil {
		c.places = map[string]place{}
	}
	return c.overrideStruct(reflect.ValueOf(c).Elem(), "", environ)
}

func (c *Config) overrideStruct(v reflect.Value, path string, environ func(string) (string, bool)) error {
	for name, field := range fieldsOf(v.Type()) {
		f, at := v.FieldByIndex(field.Index), path+name
		if f.Kind() == reflect.Struct {
			if err := c.overrideStruct(f, at+".", environ); err != nil {
				return err
			}
			continue
		}
		key := prefix + "_" + strings.ToUpper(strings.ReplaceAll(at, ".", "_"))
		text, ok := environ(key)
		if !ok {
			continue
		}
		if err := setScalar(f, text); err != nil {
			return fmt.Errorf("%s=%q: %w", key, text, err)
		}
		c.places[at] = place{file: key}
	}
	return nil
}

func setScalar(f reflect.Value, text string) error {
	if u, ok := f.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("want true or false")
		}
		f.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("want a whole number")
		}
		f.SetInt(n)
	case reflect.Slice:
		if f.Type().Elem().Kind() != reflect.String {
			return fmt.Errorf("only the file can set it")
		}
		f.Set(reflect.ValueOf(strings.Split(text, ",")))
	case reflect.Map:
		return fmt.Errorf("only the file can set it")
	}
	return nil
}
