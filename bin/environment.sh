# Sourced by the commands beside it, in the root of the project: a virtual
# environment with the project in it. They read these variables:
#   PYTHON  the interpreter to use (else the newest found from 3.13 down to 3.11)
#   VENV    the folder of the virtual environment (else .venv)
#   DJANGO  a Django version such as 5.2 (else the newest that pip finds)

VENV=${VENV:-.venv}
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$@"
    exit 1
}

# is_new_enough INTERPRETER
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON does not run, or is older than Python 3.11."
        printf '%s\n' "$PYTHON"
        return
    fi
    for candidate in python3.13 python3.12 python3.11 python3 python; do
        if is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "No Python 3.11 or newer was found. Install one, or name it: PYTHON=/path/to/python3 $0"
}

# can_make_environments INTERPRETER
can_make_environments() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

make_environment() {
    python=$(find_python) || exit 1
    can_make_environments "$python" ||
        fail "$python cannot make virtual environments." \
            "On Debian and Ubuntu: apt install python3-venv (or python3.11-venv for that version)."
    say "Making $VENV with $("$python" --version) ..."
    "$python" -m venv --clear "$VENV" || fail "$python could not make $VENV."
}

# The interpreter that made the environment may be gone, or PYTHON may ask for another.
has_environment() {
    is_new_enough "$VENV/bin/python" || return 1
    [ -z "${PYTHON:-}" ] || [ "$(series "$PYTHON")" = "$(series "$VENV/bin/python")" ]
}

# series INTERPRETER: such as 3.13
series() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# has_groups: whether this pip knows dependency groups
has_groups() {
    "$VENV/bin/python" -m pip install --help | grep -q -e '--group'
}

install_all() {
    if ! has_groups; then
        say "Updating pip ..."
        "$VENV/bin/python" -m pip install --quiet --upgrade 'pip>=25.1' || return 1
    fi
    say "Installing the project and what it needs ..."
    "$VENV/bin/python" -m pip install --quiet --editable . ${DJANGO:+"Django~=$DJANGO.0"} "$@"
}

# prepare PIP-ARGUMENT...: have the environment, and install when what to install has changed
prepare() {
    if ! has_environment; then
        [ ! -e "$VENV" ] || [ -e "$VENV/pyvenv.cfg" ] ||
            fail "$VENV exists and is no virtual environment; name another folder: VENV=... $0"
        make_environment
    fi
    stamp=$VENV/installed-$(printf '%s ' "$@" | cksum | cut -d ' ' -f 1)
    wanted="$(cksum <pyproject.toml) ${DJANGO:-newest} $(pwd)"
    [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
    install_all "$@" || fail "The installation failed; what pip says above tells why."
    # Another set of packages may have moved Django: each set looks again after this one.
    rm -f "$VENV"/installed-*
    printf '%s\n' "$wanted" >"$stamp"
}
