package workers

import (
	"context"
	"fmt"
	"log/slog"
)

// asynqLog passes what asynq says on to slog. Its messages hold names of tasks
// and errors of ours, and neither holds personal data.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) say(level slog.Level, args []any) {
	l.log.LogAttrs(context.Background(), level, "queue", slog.String("message", fmt.Sprint(args...)))
}

// Debug implements asynq.Logger.
func (l asynqLog) Debug(args ...any) { l.say(slog.LevelDebug, args) }

// Info implements asynq.Logger.
func (l asynqLog) Info(args ...any) { l.say(slog.LevelInfo, args) }

// Warn implements asynq.Logger.
func (l asynqLog) Warn(args ...any) { l.say(slog.LevelWarn, args) }

// Error implements asynq.Logger.
func (l asynqLog) Error(args ...any) { l.say(slog.LevelError, args) }

// Fatal implements asynq.Logger. It does not end the process: that is for cmd.
func (l asynqLog) Fatal(args ...any) { l.say(slog.LevelError, args) }
