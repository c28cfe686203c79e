package queue

import (
	"context"
	"fmt"
	"log/slog"
)

// logger lets Asynq and go-redis speak through slog. While Redis is away they
// repeat without end what has been said once: that is for debugging.
type logger struct {
	log  *slog.Logger
	away func() bool
}

func (l logger) Debug(args ...any) { l.log.Debug(fmt.Sprint(args...)) }
func (l logger) Info(args ...any)  { l.log.Info(fmt.Sprint(args...)) }
func (l logger) Warn(args ...any)  { l.log.Warn(fmt.Sprint(args...)) }
func (l logger) Error(args ...any) {
	if l.away() {
		l.Debug(args...)
		return
	}
	l.log.Error(fmt.Sprint(args...))
}

func (l logger) Fatal(args ...any) { l.log.Error(fmt.Sprint(args...)) }

// Printf is go-redis' logger: what it has to say, its errors say too.
func (l logger) Printf(_ context.Context, format string, v ...any) {
	l.log.Debug(fmt.Sprintf(format, v...))
}
