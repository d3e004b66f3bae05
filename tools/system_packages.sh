#!/usr/bin/env bash
# Installs what tests need outside .venv: with apt where this user may, otherwise it names what is missing.
# With --bench it is wrk instead, for the measurements: no test needs it.
# With CI=true or REQUIRE_ALL=1 a missing program is a failure, since no test may be skipped for it.
set -euo pipefail

# program or file to look for : Debian packages that bring it
wanted=(
  "chromium:chromium fonts-liberation"
  "strace:strace"
  "initdb:postgresql"
)
if [ "${1:-}" = --bench ]; then wanted=("wrk:wrk"); fi

missing() {
  local line
  for line in "${wanted[@]}"; do
    # Debian keeps the programs of a database server beside the path.
    command -v "${line%%:*}" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/${line%%:*}" >/dev/null || echo "${line#*:}"
  done
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  # Only where no password is asked for: a test run must not stop to wait for one.
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi

if command -v apt-get >/dev/null && [ "${as_root[0]:-}" != false ]; then
  echo "Installing with apt: $packages"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq || true
  # shellcheck disable=SC2086 # a list of names
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null || true
fi

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0
echo "Missing on this machine, so tests that need it cannot run: $packages" >&2
if [ "${CI:-}" = true ] || [ "${REQUIRE_ALL:-}" = 1 ]; then exit 1; fi
