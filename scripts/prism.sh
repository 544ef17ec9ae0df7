#!/usr/bin/env bash
# A site's OpenAPI document served by Prism, a mock server that knows the document and nothing else.
#
#   scripts/prism.sh cn|intl [options of `prism mock`, such as --port 4010]
#   scripts/prism.sh --install        only fetch Prism
#
# Prism comes from npm, once, into a cache folder outside the repository. Ends with status 2 where something is missing.
set -euo pipefail

VERSION=5.14.2
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/bss-mock
PRISM=$CACHE/prism-$VERSION

lacking() {
  echo "bss-mock: $1" >&2
  exit 2
}

install_prism() {
  command -v npm > /dev/null || lacking "npm was not found: apt-get install nodejs npm"
  mkdir -p "$CACHE"
  # Two at once would write into the same folder.
  exec 9> "$PRISM.lock"
  if command -v flock > /dev/null; then flock 9; fi
  if [ ! -d "$PRISM" ]; then
    echo "bss-mock: fetching Prism $VERSION from npm into $PRISM" >&2
    rm -rf "$PRISM.part"
    npm install --prefix "$PRISM.part" --ignore-scripts --no-audit --no-fund --loglevel error \
      "@stoplight/prism-cli@$VERSION" > /dev/null || lacking "npm could not fetch Prism; it says above why"
    mv "$PRISM.part" "$PRISM"
  fi
  exec 9>&-
}

case ${1-} in
  --install) install_prism && exit ;;
  cn | intl) site=$1 && shift ;;
  *) lacking "scripts/prism.sh cn|intl [options of prism mock], or scripts/prism.sh --install" ;;
esac

program=$(dirname "$0")/../.venv/bin/bss-mock
[ -x "$program" ] || program=$(command -v bss-mock) || lacking "bss-mock was not found: make setup"
install_prism
"$program" openapi --site "$site" --output "$CACHE/$site.json"
exec "$PRISM/node_modules/.bin/prism" mock "$CACHE/$site.json" "$@"
