#!/bin/sh
# Make the virtual environment $1 and install the locked requirements $2 and this project into it.
set -eu
venv=$1
requirements=$2

python=
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Dogwatch needs Python 3.11 or newer; none was found. Set PYTHON=/path/to/python3." >&2
    exit 1
fi

if [ ! -x "$venv/bin/pip" ]; then
    echo "Making the environment in $venv with $("$python" --version) ..."
    if ! "$python" -m venv "$venv" 2>/dev/null; then
        # Debian and Ubuntu keep the venv module in a package of its own.
        rm -rf "$venv"
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if ! command -v apt-get >/dev/null; then
            echo "$python has no venv module; install it and try again." >&2
            exit 1
        fi
        echo "Installing python$version-venv ..."
        sudo=
        [ "$(id -u)" = 0 ] || sudo=sudo
        $sudo apt-get update -q
        $sudo apt-get install -q -y "python$version-venv"
        "$python" -m venv "$venv"
    fi
fi

echo "Installing what Dogwatch needs ..."
"$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$requirements"
# The web page is built with Node.js.
"$venv/bin/python" hatch_build.py has-node ||
    "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r requirements/node.txt
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
