#!/bin/sh
# Makes the virtual environment VENV with PYTHON and a uv inside its reach; repeating it costs nothing.
# usage: stack/environment.sh PYTHON VENV
set -eu
python=$1
venv=$2

say() { printf '%s\n' "$*" >&2; }

if [ -z "$python" ]; then
    say "Parley needs Python 3.11 or newer, and none works here: on Debian, 'apt-get install python3 python3-venv' brings it (or name one: make PYTHON=/path/to/python3)."
    exit 1
fi

# Debian ships venv without what it needs to finish (ensurepip); as root that is one package away.
install_venv_package() {
    command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || return 1
    say "Installing Debian's python3-venv, which this Python needs to make a virtual environment."
    apt-get install -qy python3-venv >&2 || { apt-get update -q >&2 && apt-get install -qy python3-venv >&2; }
}

make_venv() {
    "$python" -m venv "$venv" >/dev/null 2>&1 && return
    rm -rf "$venv"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$python" "$venv" && return
    fi
    "$python" -m virtualenv --quiet "$venv" 2>/dev/null && return
    rm -rf "$venv"
    install_venv_package && "$python" -m venv "$venv" && return
    rm -rf "$venv"
    say "This Python cannot make virtual environments: run 'sudo apt-get install python3-venv' and then make again."
    exit 1
}

"$venv/bin/python" -c '' 2>/dev/null || make_venv

if [ ! -x "$venv/bin/uv" ] && ! uv pip compile --help 2>/dev/null | grep -q -- --group; then
    # Hashes as everywhere; uv comes as one binary wheel, so pip has nothing to build.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: -r requirements-uv.lock
fi
