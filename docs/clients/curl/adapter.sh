#!/usr/bin/env bash
# bss.sh as a client under test: reads calls from its standard input, writes what came of them.
# Values stay the text that they are, so that no digit is lost. Needs what bss.sh needs, and grep, sed and iconv.
set -uo pipefail
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
received=$(mktemp)
trap 'rm -f "$received"' EXIT

string='"([^"\\'$'\x01-\x1f'']|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
word='-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null'

# Whether $1 is a JSON object: a string becomes S, any other value V, from the inside outwards, until one V is left.
is_object() {
  [[ $1 =~ ^[[:space:]]*\{ ]] && [[ $(tr '\r\n' '  ' <<< "$1" | sed -E "s/$string/S/g; s/$word/V/g; s/[ \t]//g; :again
    s/\[(([SV],)*[SV])?\]|\{((S:[SV],)*S:[SV])?\}/V/g; t again") == V ]]
}

# Sets at[./name/name] to the JSON text of each value in $1; the elements of a list are called 0, 1, ...
declare -A at
read_json() {
  mapfile -t tokens < <(grep -oE "$string|[][{}:,]|[^][{}:,\"[:space:]]+" <<< "$1")
  at=() next=0
  read_value .
}
read_value() {
  local whole=${tokens[next++]} index=0 name
  if [[ $whole == [[{] ]]; then
    until [[ ${tokens[next]} == []}] ]]; do
      if [[ ${tokens[next]} == , ]]; then whole+=${tokens[next++]}; fi
      if [[ $whole == {* ]]; then
        text "${tokens[next++]}" && name=$REPLY
        whole+=${tokens[next - 1]}${tokens[next++]}
      else
        name=$((index++))
      fi
      read_value "$1/$name"
      whole+=${at["$1/$name"]}
    done
    whole+=${tokens[next++]}
  fi
  at["$1"]=$whole
}

# Sets REPLY to a JSON text without quotes and escapes, to anything else as it is.
text() {
  REPLY=$1
  if [[ $1 == \"* ]]; then
    REPLY=${REPLY//\\\"/\\x22} # printf does not know \"
    printf -v REPLY %b "${REPLY:1:-1}"
  fi
}

quoted() {
  local words=${1//\\/\\\\}
  printf '"%s"' "$(tr '\001-\037' ' ' <<< "${words//\"/\\\"}" | iconv -c -f utf-8 -t utf-8 | sed 's/ *$//')"
}

# MESSAGE STATUS CODE, each as JSON.
error() { printf '"error":{"message":%s,"status":%s,"code":%s,"request_id":%s}' "$@" "$request_id"; }

call() {
  local path method pointer name value given=() headers=() answer status body code request_id=null
  text "${at[./call/path]}" && path=$REPLY
  for pointer in "${!at[@]}"; do
    text "${at["$pointer"]}" && value=$REPLY name=${pointer#./call/arguments/*/}
    case $pointer in
      ./call/arguments/path/*) path=${path/"{$name}"/"$value"} ;;
      # The elements of a list come for themselves.
      ./call/arguments/query/*) if [[ ${at["$pointer"]} != [* ]]; then given+=("${name%%/*}=$value"); fi ;;
      ./call/arguments/headers/*) headers+=(-H "$name${value:+: }${value:-;}") ;;
      ./call/arguments/body) given+=("$value") ;;
    esac
  done
  text "${at[./call/method]}" && method=$REPLY
  text "${at[./call/endpoint/url]}" && export BSS_MOCK_URL=$REPLY
  text "${at[./call/principal/ak]}" && export HUAWEICLOUD_SDK_AK=$REPLY
  text "${at[./call/principal/sk]}" && export HUAWEICLOUD_SDK_SK=$REPLY
  answer=$("$here/bss.sh" "$method" "$path" "${given[@]}" -- -D "$received" "${headers[@]}" < /dev/null)
  status=${answer%% *} body=${answer#* }
  if [[ ! $status =~ ^[0-9]{3}$ ]]; then
    error '"no answer"' null null
    return
  fi
  request_id=$(quoted "$(sed -n 's/^x-request-id: *\([^\r]*\).*/\1/Ip' "$received")")
  if [[ $status$body == 204 ]]; then
    printf '"result":null,"status":204'
  elif ! is_object "$body"; then
    error "$(quoted "no JSON object: ${body:0:200}")" "$status" null
  else
    read_json "$body"
    code=${at[./error_code]-null}
    if ((status >= 400)) || [[ $code != @(null|\"\"|\"CBC.0000\") ]]; then
      error "${at[./error_msg]-\"status $status\"}" "$status" "$code"
    else
      printf '"result":%s,"status":%s' "${at[.]}" "$status"
    fi
  fi
}

while read -r line; do
  read_json "$line"
  case ${!at[*]} in
    *./hello*) echo '{"offer":{"protocol":1,"name":"curl"}}' ;;
    *./call*) printf '{"id":%s,%s}\n' "${at[./id]}" "$(call)" ;;
    *) break ;;
  esac
done
