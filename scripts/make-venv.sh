#!/usr/bin/env bash
# Build or bring up to date the virtual environment from a hashed lock.
set -euo pipefail
python=$1 venv=$2 lock=$3
if ! command -v "$python" >/dev/null; then
  echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2; exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Python 3.11 or newer is needed; $python is $("$python" -V 2>&1). Name another: make PYTHON=python3.12 run" >&2; exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
  else
    echo "This Python has no venv module: apt-get install python3-venv" >&2; exit 1
  fi
fi
[ -x "$venv/bin/python" ] || { echo "Preparing $venv (once, under a minute) ..."; "$python" -m venv "$venv"; }
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" 2> >(grep -v '^WARNING: Location' >&2)
# The checkout itself, without an install step: a path file is all an editable install would add.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
pwd > "$site/engage_desktop.pth"
cat > "$venv/bin/engage" <<SCRIPT
#!$(pwd)/$venv/bin/python
import sys
from engage_desktop.__main__ import main
sys.exit(main())
SCRIPT
chmod +x "$venv/bin/engage"
