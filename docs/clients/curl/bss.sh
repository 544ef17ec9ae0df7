#!/usr/bin/env bash
# One signed call with bash, openssl and curl: bss.sh METHOD PATH [NAME=VALUE ...] [JSON] [-- CURL-OPTION ...]
# Path and values as they are, not percent-encoded. Prints status and body; ends with 1 where the call was refused.
set -euo pipefail

# Percent-encoded, but for letters, digits, - . _ ~ and what $2 names. Byte by byte, hence the locale.
encode() (
  LC_ALL=C
  for ((i = 0; i < ${#1}; i++)); do
    c=${1:i:1}
    case $c in
      [A-Za-z0-9._~-] | "${2:-.}") printf %s "$c" ;;
      *) printf -v byte %d "'$c" && printf '%%%02X' $((byte & 255)) ;;
    esac
  done
)

sha256() { openssl dgst -sha256 -r "$@" | cut -d ' ' -f 1; }

method=$1 path=$(encode "$2" /) body='' pairs=()
shift 2
while (($#)); do
  case $1 in
    --) shift && break ;;
    {* | \[*) body=$1 ;;
    *) pairs+=("$(encode "${1%%=*}")=$(encode "${1#*=}")") ;;
  esac
  shift
done
# Sorted by name, then value.
query=$(printf '%s\n' "${pairs[@]}" | LC_ALL=C sort -t = -k 1,1 -k 2 | paste -s -d '&' -)

url=${BSS_MOCK_URL:-https://bss.myhuaweicloud.com}
host=${url#*://} now=$(date -u +%Y%m%dT%H%M%SZ) signed_headers='content-type;host;x-sdk-date'
canonical=$(printf '%s\n' "$method" "${path%/}/" "$query" \
  'content-type:application/json' "host:$host" "x-sdk-date:$now" '' "$signed_headers" "$(printf %s "$body" | sha256)")
to_sign=$(printf '%s\n' SDK-HMAC-SHA256 "$now" "$(printf %s "$canonical" | sha256)")
signature=$(printf %s "$to_sign" | sha256 -hmac "$HUAWEICLOUD_SDK_SK")

answer=$(curl -sS -X "$method" "$url$path${query:+?$query}" ${body:+--data-binary "$body"} -w '\n%{http_code}' "$@" \
  -H 'Content-Type: application/json' -H "X-Sdk-Date: $now" \
  -H "Authorization: SDK-HMAC-SHA256 Access=$HUAWEICLOUD_SDK_AK, SignedHeaders=$signed_headers, Signature=$signature")
status=${answer##*$'\n'}
printf '%s %s\n' "$status" "${answer%$'\n'*}"
((status < 400))
