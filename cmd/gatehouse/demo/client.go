package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"gatehouse/ingest"
)

// client uses the program as anybody would: over HTTP.
type client struct {
	base  string
	token string
}

// call sends body and reads the answer into out; both may be nil.
func (c *client) call(ctx context.Context, method, path string, body, out any) (int, error) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, r)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, err
	}
	if out != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal(b, out); err != nil {
			return resp.StatusCode, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	return resp.StatusCode, nil
}

// api calls under /api/v1 and wants a status below 300.
func (c *client) api(ctx context.Context, method, path string, body, out any) error {
	status, err := c.call(ctx, method, "/api/v1"+path, body, out)
	if err != nil {
		return err
	}
	if status >= 300 {
		return fmt.Errorf("%s %s answered %d", method, path, status)
	}
	return nil
}

// post writes a chat message and returns the door's answer.
func (c *client) post(ctx context.Context, visitor, name, id, words string) (int, error) {
	return c.call(ctx, http.MethodPost, "/chat/site-chat/messages",
		map[string]string{"id": id, "visitor_id": visitor, "name": name, "text": words}, nil)
}

// rule sets a rule on a target and returns its id.
func (c *client) rule(ctx context.Context, kind ingest.RuleKind, target, reason string, scope ...string) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.api(ctx, http.MethodPost, "/rules",
		map[string]any{"kind": kind, "target": target, "reason": reason, "scope": append([]string{}, scope...)}, &out)
	return out.ID, err
}
