package dovecot

import (
	"crypto/x509"
	_ "embed"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
)

//go:embed dovecot.conf
var conf string

var config = template.Must(template.New("dovecot.conf").Parse(conf))

// prepare writes all that the server reads.
func (s *Server) prepare() (err error) {
	if s.dir, err = s.base.Mkdir("dovecot"); err != nil {
		return err
	}
	if s.Port, s.TLSPort, err = ports(); err != nil {
		return err
	}
	authority, cert, key, err := certificate()
	if err != nil {
		return err
	}
	s.CA, s.CAFile = x509.NewCertPool(), filepath.Join(s.dir, "ca.pem")
	s.CA.AppendCertsFromPEM([]byte(authority))
	text, err := s.config()
	if err != nil {
		return err
	}
	for name, content := range map[string]string{"dovecot.conf": text, "ca.pem": authority, "cert.pem": cert, "key.pem": key, "users": ""} {
		err = errors.Join(err, os.WriteFile(filepath.Join(s.dir, name), []byte(content), fs.FileMode(0o600)))
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "oauth2.conf"), []byte(s.tokens()), 0o600); err != nil {
		return err
	}
	_, err = s.base.Mkdir("dovecot") // hands the files over
	return err
}

func (s *Server) config() (string, error) {
	uid, gid := s.base.User()
	u, err1 := user.LookupId(strconv.Itoa(uid))
	g, err2 := user.LookupGroupId(strconv.Itoa(gid))
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	var text strings.Builder
	err := config.Execute(&text, map[string]any{
		"Dir": s.dir, "User": u.Username, "Group": g.Name, "UID": uid, "GID": gid,
		"Settings": s.settings, "Host": s.Host, "Port": s.Port, "TLSPort": s.TLSPort,
	})
	return text.String(), err
}

// tokens is how it asks whose an access token is.
func (s *Server) tokens() string {
	return "introspection_url = " + s.settings.Introspect + "\nintrospection_mode = post\nforce_introspection = yes\n" +
		"username_attribute = username\nactive_attribute = active\nactive_value = true\n"
}

// ports finds two that are free now; Dovecot cannot tell us which it took.
func ports() (plain, tls int, err error) {
	one, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	defer one.Close()
	two, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	defer two.Close()
	return one.Addr().(*net.TCPAddr).Port, two.Addr().(*net.TCPAddr).Port, nil
}
