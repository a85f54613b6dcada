#!/bin/sh
# Installs the pinned Python packages of crosscheck/requirements.txt into .crosscheck/venv, again after each change of them. Then runs
# the cross-checks. Arguments are passed to jest.
set -eu
cd "${0%/*}/.."

requirements=crosscheck/requirements.txt
venv=.crosscheck/venv
installed=.crosscheck/installed.txt

stop() {
  echo "crosscheck: $1" >&2
  exit 1
}

command -v python3 >/dev/null || stop 'there is no python3; the cross-checks need Python 3.11 or newer (on Debian: apt-get install python3 python3-venv)'
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "$(python3 --version) is too old; the cross-checks need Python 3.11 or newer"
python3 -c 'import venv, ensurepip' 2>/dev/null || stop "python3 has no venv module; install it (on Debian: apt-get install python3-venv)"

if ! cmp -s "$requirements" "$installed"; then
  rm -rf "$venv" "$installed"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$requirements" || stop "the packages of $requirements could not be installed"
  "$venv/bin/python" -m pip check --disable-pip-version-check || stop "$requirements is incomplete, or its packages conflict"
  cp "$requirements" "$installed"
fi

exec npx jest --ci --passWithNoTests=false --config crosscheck/jest.config.json "$@"
