package blob_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"touchstone.internal/storage/blob"
)

func TestParseURL(t *testing.T) {
	for name, test := range map[string]struct {
		address string
		want    blob.Config
		err     string
	}{
		"plain":    {address: "s3+http://a:b@localhost:7070/touchstone", want: blob.Config{Endpoint: "localhost:7070", Bucket: "touchstone", AccessKey: "a", SecretKey: "b"}},
		"region":   {address: "s3+https://a:b@s3.eu-west-2.amazonaws.com/t/?region=eu-west-2", want: blob.Config{Endpoint: "s3.eu-west-2.amazonaws.com", Region: "eu-west-2", Bucket: "t", AccessKey: "a", SecretKey: "b", Secure: true}},
		"signs":    {address: "s3+https://a:se%2Fcret%3F%40@h/t", want: blob.Config{Endpoint: "h", Bucket: "t", AccessKey: "a", SecretKey: "se/cret?@", Secure: true}},
		"ip6":      {address: "s3+http://a:b@[::1]:7070/t", want: blob.Config{Endpoint: "[::1]:7070", Bucket: "t", AccessKey: "a", SecretKey: "b"}},
		"empty":    {address: "", err: "starts with s3+https://"},
		"scheme":   {address: "https://a:secret-word@h/t", err: "starts with s3+https://"},
		"host":     {address: "s3+http://a:secret-word@/t", err: "the host is missing"},
		"bucket":   {address: "s3+http://a:secret-word@h", err: "the bucket is missing"},
		"folder":   {address: "s3+http://a:secret-word@h/t/u", err: "the bucket is a single name"},
		"no keys":  {address: "s3+http://h/t", err: "the access key is missing"},
		"one key":  {address: "s3+http://a@h/t", err: "the secret key is missing"},
		"unknown":  {address: "s3+http://a:secret-word@h/t?secure=false", err: "the only parameter is region"},
		"no URL":   {address: "s3+http://a:secret-word@h:port/t", err: "it is no URL"},
		"half of%": {address: "s3+http://a:secret-word%@h/t", err: "it is no URL"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := blob.ParseURL(test.address)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				if err != nil && strings.Contains(err.Error(), "secret-word") {
					t.Errorf("the error tells the key: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestURLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringN(1, -1, 30)
		want := blob.Config{
			Endpoint: rapid.StringMatching(`[a-z]{1,9}(:[0-9]{1,4})?`).Draw(t, "endpoint"),
			Bucket:   rapid.StringMatching(`[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]`).Draw(t, "bucket"),
			Region:   rapid.StringMatching(`([a-z]{2}-[a-z]{1,9}-[0-9])?`).Draw(t, "region"),
			Secure:   rapid.Bool().Draw(t, "secure"), AccessKey: word.Draw(t, "access key"), SecretKey: word.Draw(t, "secret key"),
		}
		got, err := blob.ParseURL(want.URL())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("differs (-want +got):\n%s", diff)
		}
	})
}

func TestConfigKeepsItsKeysOutOfLogs(t *testing.T) {
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).InfoContext(t.Context(), "open", slog.Any("store", blob.Config{Endpoint: "host", AccessKey: "access-word", SecretKey: "secret-word"}))
	if s := b.String(); strings.Contains(s, "-word") || !strings.Contains(s, "host") {
		t.Errorf("logged %s", s)
	}
}
