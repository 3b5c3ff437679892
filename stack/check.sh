#!/bin/bash
# Everything CI gates on besides the tests. Python's and the web client's checks run side by side;
# each step says its name, and what it wrote where it failed.
# usage: stack/check.sh BIN    (the virtual environment's bin folder)
set -uo pipefail
bin=$1
export PATH="$PWD/$bin:$PATH"
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

step() {
    local name=$1 began=$SECONDS
    shift
    if "$@" >"$log/$name" 2>&1; then
        printf 'ok      %-12s %3ds\n' "$name" $((SECONDS - began))
    else
        printf 'FAILED  %-12s %3ds  (%s)\n' "$name" $((SECONDS - began)) "$*"
        cat "$log/$name"
        touch "$log/failed"
    fi
}

web() { (cd web && "$@"); }

python_checks() {
    step format ruff format --check .
    step lint ruff check .
    step walls lint-imports
    step permissions python -m stack.permissions --check
    step generated python -m contracts.generate --check
    step openapi python -m gateway.http.openapi_export --check
    step types basedpyright
}

web_checks() {
    step web-types web npm run --silent types:check
    step web-check web npm run --silent check
    step web-lint web npm run --silent lint
    step web-test web npm run --silent test
}

python_checks &
web_checks &
wait
[ ! -e "$log/failed" ]
