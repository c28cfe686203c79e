package httpapi

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
)

// Survive is next, whose panics become an answer: told the id under which log has
// the fault, answer gives it. What was begun to be answered already is cut off,
// since it cannot be taken back; so is what panics with http.ErrAbortHandler,
// which means just that.
func Survive(log *slog.Logger, next http.Handler, answer func(w http.ResponseWriter, r *http.Request, fault string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &begun{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			fault := rand.Text()[:8]
			log.ErrorContext(r.Context(), "panic", "fault", fault, "method", r.Method, "pattern", r.Pattern, "panic", panicked(p), "stack", string(debug.Stack()))
			if out.yes {
				panic(http.ErrAbortHandler)
			}
			answer(w, r, fault)
		}()
		next.ServeHTTP(out, r)
	})
}

// panicked says what a panic was of: a text of somebody else's might hold what a
// stranger wrote, and belongs into no log.
func panicked(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}

// begun is an answer that knows whether some of it went out.
type begun struct {
	http.ResponseWriter
	yes bool
}

// Unwrap is for http.ResponseController.
func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func (b *begun) WriteHeader(status int) {
	b.yes = b.yes || status >= http.StatusOK
	b.ResponseWriter.WriteHeader(status)
}

func (b *begun) Write(text []byte) (int, error) {
	b.yes = true
	return b.ResponseWriter.Write(text)
}

// FlushError sends what was written, and with it the header.
func (b *begun) FlushError() error {
	b.yes = true
	return http.NewResponseController(b.ResponseWriter).Flush()
}

// faulty answers what went wrong within the program.
func faulty(w http.ResponseWriter, _ *http.Request, fault string) {
	clear(w.Header())
	errFault(fault).write(w)
}

func errFault(fault string) *Problem {
	return &Problem{Type: "internal", Status: http.StatusInternalServerError, Fault: fault,
		Detail: "this is a fault of the program; its log says more under " + fault}
}
