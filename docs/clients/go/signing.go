package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

// Signing makes requests that are signed with SDK-HMAC-SHA256, as the official SDKs sign theirs.
type Signing struct {
	Endpoint, AK, SK string
}

// Parameter of a query. A name may be there twice.
type Parameter struct {
	Name, Value string
}

const signedHeaders = "content-type;host;x-sdk-date"

// Request takes path and query as they are, not percent-encoded; an empty body is none.
func (s Signing) Request(method, path string, query []Parameter, body string) (*http.Request, error) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = encoded(segment)
	}
	address := s.Endpoint + strings.Join(segments, "/")
	if len(query) > 0 {
		address += "?" + encodedQuery(query)
	}
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC().Format("20060102T150405Z")
	canonical := strings.Join([]string{
		method,
		strings.TrimSuffix(request.URL.EscapedPath(), "/") + "/",
		request.URL.RawQuery,
		"content-type:application/json",
		"host:" + request.URL.Host,
		"x-sdk-date:" + now,
		"",
		signedHeaders,
		hash(body),
	}, "\n")
	mac := hmac.New(sha256.New, []byte(s.SK))
	fmt.Fprintf(mac, "SDK-HMAC-SHA256\n%s\n%s", now, hash(canonical))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Sdk-Date", now)
	request.Header.Set("Authorization", fmt.Sprintf(
		"SDK-HMAC-SHA256 Access=%s, SignedHeaders=%s, Signature=%x", s.AK, signedHeaders, mac.Sum(nil)))
	return request, nil
}

// encodedQuery is sorted by name, then value.
func encodedQuery(query []Parameter) string {
	sorted := append([]Parameter(nil), query...)
	sort.Slice(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		return a.Name < b.Name || a.Name == b.Name && a.Value < b.Value
	})
	pairs := make([]string, len(sorted))
	for i, one := range sorted {
		pairs[i] = encoded(one.Name) + "=" + encoded(one.Value)
	}
	return strings.Join(pairs, "&")
}

func encoded(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
