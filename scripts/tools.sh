# shellcheck shell=bash
# Sourced by the other scripts: what a build needs and a fresh Debian machine lacks.

# need COMMAND PACKAGE...: installs Debian packages when COMMAND is not at hand
need() {
  command -v "$1" >/dev/null && return
  command -v apt-get >/dev/null || { echo "$1 is missing; install it (Debian: ${*:2})" >&2; exit 2; }
  local sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  echo "Installing ${*:2} ..." >&2
  $sudo apt-get update -q >/dev/null
  $sudo apt-get install -y -q --no-install-recommends "${@:2}" >/dev/null
}

command -v cargo >/dev/null || { echo 'cargo is missing; install Rust from https://rustup.rs or Debian' >&2; exit 2; }
need cc gcc libc6-dev # Rust links with it; Debian's gcc only recommends the C library's own files

# cargo_tool NAME: installs a tool of cargo's below target/tools when it is not at hand (minutes, the first time)
cargo_tool() {
  local tools=${CARGO_TARGET_DIR:-target}/tools
  export PATH="$PWD/$tools/bin:$PATH"
  command -v "$1" >/dev/null && return
  echo "Installing $1 ..." >&2
  cargo install --locked --quiet --root "$tools" "$1"
}
