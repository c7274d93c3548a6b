package blob

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// defaultRegion is what S3 servers outside Amazon's cloud call themselves.
const defaultRegion = "us-east-1"

// Config says where the bytes are kept. The keys are secrets: log it with
// slog, which leaves them out, and print it with nothing.
type Config struct {
	Endpoint  string // host:port, without a scheme
	Region    string // empty is us-east-1
	Bucket    string
	AccessKey string
	SecretKey string
	Secure    bool // TLS
}

// ParseURL reads the address of an object store:
//
//	s3+https://KEY:SECRET@host[:port]/bucket[?region=eu-west-2]
//	s3+http://KEY:SECRET@host:port/bucket
//
// Signs in the keys that mean something in a URL are percent-encoded, as
// Config.URL does. Errors name the part at fault and never quote the address,
// since it holds a secret.
func ParseURL(address string) (Config, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Config{}, errors.New("object store address: it is no URL")
	}
	c := Config{Endpoint: u.Host, Bucket: strings.Trim(u.Path, "/"), Region: u.Query().Get("region")}
	switch u.Scheme {
	case "s3+https":
		c.Secure = true
	case "s3+http":
	default:
		return Config{}, errors.New("object store address: it starts with s3+https:// or s3+http://")
	}
	c.AccessKey = u.User.Username()
	c.SecretKey, _ = u.User.Password()
	for key := range u.Query() {
		if key != "region" {
			return Config{}, errors.New("object store address: the only parameter is region")
		}
	}
	return c, c.check()
}

// URL is the address that ParseURL reads. It holds the secret key.
func (c Config) URL() string {
	u := url.URL{Scheme: "s3+http", User: url.UserPassword(c.AccessKey, c.SecretKey), Host: c.Endpoint, Path: "/" + c.Bucket}
	if c.Secure {
		u.Scheme = "s3+https"
	}
	if c.Region != "" {
		u.RawQuery = url.Values{"region": {c.Region}}.Encode()
	}
	return u.String()
}

// LogValue leaves the keys out of logs.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("endpoint", c.Endpoint), slog.String("bucket", c.Bucket), slog.Bool("secure", c.Secure))
}

// check says what is missing.
func (c Config) check() error {
	for _, part := range []struct{ name, value string }{
		{"host", c.Endpoint}, {"bucket", c.Bucket}, {"access key", c.AccessKey}, {"secret key", c.SecretKey},
	} {
		if part.value == "" {
			return fmt.Errorf("object store address: the %s is missing", part.name)
		}
	}
	if strings.Contains(c.Bucket, "/") {
		return errors.New("object store address: the bucket is a single name")
	}
	return nil
}
