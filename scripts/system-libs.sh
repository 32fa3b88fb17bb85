#!/usr/bin/env bash
# Qt's own shared libraries. On Debian as root install what is missing; else name the one line that mends it.
set -euo pipefail
[ "$(uname -s)" = Linux ] || exit 0
missing=()
while read -r library package; do
  ldconfig -p 2>/dev/null | grep -q "$library" || missing+=("$package")
done <<'LIST'
libglib-2.0.so.0 libglib2.0-0
libGL.so.1 libgl1
libEGL.so.1 libegl1
libxkbcommon.so.0 libxkbcommon0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
LIST
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" fonts-dejavu-core >/dev/null
else
  echo "Qt needs libraries that are not here. Mend it with: apt-get install ${missing[*]} fonts-dejavu-core" >&2
  exit 1
fi
