// Lists a partner's customers, or makes the call that is named: METHOD PATH [NAME=VALUE ...] [JSON].
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	call := []string{"POST", "/v2/partners/sub-customers/query", `{"limit": 1}`}
	if len(os.Args) > 1 {
		call = os.Args[1:]
	}
	var query []Parameter
	body := ""
	for _, argument := range call[2:] {
		if strings.HasPrefix(argument, "{") {
			body = argument
		} else {
			name, value, _ := strings.Cut(argument, "=")
			query = append(query, Parameter{name, value})
		}
	}
	endpoint := os.Getenv("BSS_MOCK_URL")
	if endpoint == "" {
		endpoint = "https://bss.myhuaweicloud.com"
	}
	signing := Signing{endpoint, os.Getenv("HUAWEICLOUD_SDK_AK"), os.Getenv("HUAWEICLOUD_SDK_SK")}
	request, err := signing.Request(call[0], call[1], query, body)
	if err != nil {
		log.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.StatusCode, string(content))
	if answer.StatusCode >= 400 {
		os.Exit(1)
	}
}
