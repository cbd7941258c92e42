# Sourced by the scripts that need a server on this machine: builds Offprint and the origin, starts the origin with the
# specimen site, and sets $offprint (the program), $work (a folder that goes when the script ends, with ca.pem in it) and
# $address (HOST:PORT).
# shellcheck shell=bash disable=SC2034,SC2154 # they are for whoever sources this; `coproc` sets origin_PID
cargo build --locked --quiet --bin offprint --example origin
target=${CARGO_TARGET_DIR:-target}
offprint=$target/debug/offprint
work=$(mktemp -d)
coproc origin { "$target/debug/examples/origin" --serve tests/specimens/site --ca-out "$work/ca.pem" --addr-out "$work/address"; }
trap 'kill "${origin_PID:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 200); do [ -s "$work/address" ] && break; sleep 0.05; done
[ -s "$work/address" ] || { echo 'the server on this machine did not start within 10 seconds' >&2; exit 2; }
address=$(cat "$work/address")
