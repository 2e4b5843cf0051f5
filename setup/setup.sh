#!/usr/bin/env bash
# Sets up what a build and the tests need: Debian packages, and a Python environment in `.venv`.
#
#   setup/setup.sh           installs what is missing
#   setup/setup.sh --check   changes nothing; says what is missing, with the command that installs it, and fails
#
# PYTHON names the Python to make `.venv` with; MLIR_SYS_220_PREFIX another LLVM than Debian's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check_only=false
case "${1-}" in
    "") ;;
    --check) check_only=true ;;
    *) echo "setup: unknown argument \`$1\`; usage: setup/setup.sh [--check]" >&2; exit 2 ;;
esac

missing=0

# say_missing WHAT COMMAND: one entry of the closing report of `--check`.
say_missing() {
    printf 'missing: %s\n    install with: %s\n' "$1" "$2" >&2
    missing=1
}

# lines FILE: its lines without comments and blanks.
lines() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$1"; }

check_rust() {
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    found=$(rustc --version 2>/dev/null | cut -d' ' -f2 || true)
    if [ -z "$found" ] || [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n1)" != "$wanted" ]; then
        say_missing "Rust $wanted or newer (found: ${found:-none})" "rustup update stable   # or see https://rustup.rs"
        $check_only || exit 1
    fi
}

# The LLVM prefix that the build will use, as .cargo/config.toml has it unless the environment says otherwise.
llvm_prefix() {
    if [ -n "${MLIR_SYS_220_PREFIX-}" ]; then
        echo "$MLIR_SYS_220_PREFIX"
    else
        sed -n 's/^MLIR_SYS_220_PREFIX = "\(.*\)"/\1/p' .cargo/config.toml
    fi
}

packages_missing() {
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Abbrev}${binary:Package}\n' 2>/dev/null | sed -n 's/^ii  *\([^:]*\).*/\1/p')
    {
        lines setup/packages.txt
        python_packages
    } | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# What Debian's Python lacks to make `.venv`, where that is to be made.
python_packages() {
    [ -x .venv/bin/python ] && return
    local python
    python=$(find_python)
    if [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        printf 'python3\npython3-venv\n'
    fi
}

check_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        # Not Debian: LLVM may still lie at the prefix, and the linker finds the rest or names it.
        if [ ! -x "$(llvm_prefix)/bin/mlir-tblgen" ]; then
            say_missing "LLVM and MLIR 22 at $(llvm_prefix) (MLIR_SYS_220_PREFIX, TABLEGEN_220_PREFIX and LLVM_SYS_221_PREFIX name another place)" \
                "on Debian 12: apt-get install $(lines setup/packages.txt | paste -sd' ')"
            $check_only || exit 1
        fi
        return
    fi
    local wanted sudo=
    wanted=$(packages_missing | paste -sd' ')
    [ -n "$wanted" ] || return 0
    [ "$(id -u)" = 0 ] || sudo=sudo
    if $check_only; then
        say_missing "Debian packages: $wanted" "${sudo:+$sudo }apt-get update && ${sudo:+$sudo }apt-get install -y $wanted"
        return
    fi
    echo "setup: installing Debian packages: $wanted"
    # shellcheck disable=SC2086  # a list of package names
    if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $wanted; }; then
        say_missing "Debian packages: $wanted" "${sudo:+$sudo }apt-get update && ${sudo:+$sudo }apt-get install -y $wanted"
        exit 1
    fi
}

check_llvm() {
    local tool
    for tool in mlir-tblgen FileCheck not split-file mlir-opt llvm-config clang; do
        [ -x "$(llvm_prefix)/bin/$tool" ] && continue
        say_missing "$(llvm_prefix)/bin/$tool" "apt-get install --reinstall $(lines setup/packages.txt | paste -sd' ')"
        $check_only || exit 1
    done
}

find_python() {
    local candidate
    for candidate in "${PYTHON-}" python3.11 python3; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

check_python() {
    local python stamp=.venv/requirements-installed
    if [ -x .venv/bin/python ] && cmp -s setup/requirements.txt "$stamp"; then
        return
    fi
    if $check_only; then
        say_missing "the Python environment .venv, as setup/requirements.txt has it" "make setup"
        return
    fi
    python=$(find_python)
    if [ -z "$python" ]; then
        say_missing "Python 3.11 or newer" "apt-get install -y python3 python3-venv   # or name one: make PYTHON=/path/to/python3.11"
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say_missing "the venv module of $python" "apt-get install -y python3-venv"
        exit 1
    fi
    echo "setup: making .venv with $("$python" --version)"
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --requirement setup/requirements.txt
    cp setup/requirements.txt "$stamp"
}

check_rust
check_packages
check_llvm
check_python
exit $missing
