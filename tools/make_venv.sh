#!/usr/bin/env bash
# Makes a virtual environment with the first Python on PATH that is new enough: make_venv.sh FOLDER
set -euo pipefail

for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      echo "$candidate has no venv module. On Debian: apt-get install python3-venv" >&2
      exit 1
    fi
    exec "$candidate" -m venv "$1"
  fi
done
echo "Folkmoot needs Python 3.11 or newer, and none is on PATH. On Debian 12: apt-get install python3 python3-venv" >&2
exit 1
