package localredis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"gatehouse/ingest/local"
)

// grace is how long Redis may take to end before it is killed.
const grace = 10 * time.Second

// A daemon is a redis-server process.
type daemon struct {
	base *local.Base
	opt  Options
	path string
	proc *local.Process
}

// find returns the binary: redis-server, else redis-check-rdb, which is the
// same file and acts by the name it is called with (Debian ships it apart from
// the service), else the unpacked one. .ci/tools.sh looks for the same.
func find(tools string) (string, error) {
	for _, name := range []string{
		"redis-server", "/opt/homebrew/bin/redis-server", "/usr/local/bin/redis-server",
		"redis-check-rdb", filepath.Join(tools, "usr/bin/redis-check-rdb"),
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

func (d *daemon) socket() string { return filepath.Join(d.base.Sockets, "redis.sock") }

func (d *daemon) url() string {
	return (&url.URL{Scheme: "unix", Path: d.socket(), RawQuery: "db=0"}).String()
}

func (d *daemon) start(ctx context.Context) error {
	log, err := d.base.Log("redis")
	if err != nil {
		return err
	}
	defer log.Close()
	dir, err := d.prepare()
	if err != nil {
		return err
	}
	cmd := d.base.Command(d.path, d.arguments(dir)...)
	cmd.Args[0] = "redis-server"
	cmd.Stdout, cmd.Stderr = log, log
	if d.proc, err = local.Start(cmd); err != nil {
		return err
	}
	if err := d.proc.Ready(ctx, log, d.ping); err != nil {
		return errors.Join(err, d.kill())
	}
	return nil
}

// prepare leaves a directory and a socket that no other server uses: one that
// a killed program left would remove the socket when it ends.
func (d *daemon) prepare() (string, error) {
	dir := filepath.Join(d.base.Dir, "redis")
	if err := local.Evict(d.pidFile(), dir, syscall.SIGTERM, grace); err != nil {
		return "", err
	}
	if err := os.Remove(d.socket()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if d.opt.Fresh && d.proc == nil {
		if err := os.RemoveAll(dir); err != nil {
			return "", err
		}
	}
	return d.base.Mkdir("redis")
}

func (d *daemon) pidFile() string { return filepath.Join(d.base.Dir, "redis", "redis.pid") }

func (d *daemon) arguments(dir string) []string {
	file := "no"
	if d.opt.Durable {
		file = "yes"
	}
	return []string{"--port", "0", "--unixsocket", d.socket(), "--unixsocketperm", "700", "--dir", dir,
		"--pidfile", d.pidFile(), "--save", "", "--appendonly", file, "--appendfsync", "everysec",
		"--maxmemory-policy", "noeviction"}
}

// ping asks the server itself: its socket is there before its data are loaded.
func (d *daemon) ping(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", d.socket())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(grace)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return err
	}
	const pong = "+PONG\r\n"
	answer := make([]byte, len(pong))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if string(answer) != pong {
		return fmt.Errorf("it answers %q", answer)
	}
	return nil
}

// stop is a kill where nothing is to be kept: an orderly end waits a tenth of a second.
func (d *daemon) stop() error {
	if !d.opt.Durable {
		return d.kill()
	}
	return d.proc.Stop(syscall.SIGTERM, grace)
}

func (d *daemon) kill() error { return d.proc.Stop(syscall.SIGKILL, grace) }
