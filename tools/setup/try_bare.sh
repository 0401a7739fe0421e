#!/usr/bin/env bash
# Tries the README on a bare Debian 12: a new root in a folder with nothing but Debian's base, git and
# make, a clone of what is committed here, then one of the two commands.
#
#   tools/setup/try_bare.sh DIR [make arguments]      default: demo ARGS="--seconds 20 ..."
#
# Run as root, with debootstrap installed; about 4 GB below DIR, which must be on a disk. Packages
# come from where this machine's apt, npm and pip get theirs: their settings and certificates are
# carried into the new root, and nothing else. DIR/base, the untouched base, is kept for a next try.
# The new root has this machine's network, hence the free ports, and its own processes and mounts,
# which go when the try ends.
set -euo pipefail

say() { printf 'try_bare: %s\n' "$*"; }
die() { printf 'try_bare: %s\n' "$*" >&2; exit 1; }

[ $# -ge 1 ] || die "usage: tools/setup/try_bare.sh DIR [make arguments]"
[ "$(id -u)" -eq 0 ] || die "chroot and debootstrap want root"
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
source=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- demo "ARGS=--seconds 20 --listen 127.0.0.1:0 --otlp-grpc 127.0.0.1:0 \
--otlp-http 127.0.0.1:0 --port 0 --shop-port 0"
base=$dir/base root=$dir/root

if ! [ -e "$base/etc/debian_version" ]; then
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk '$2 == "bookworm" {print $1; exit}')
  [ -n "$mirror" ] || die "this machine's apt names no mirror of bookworm: run apt-get update, or use Debian 12"
  say "debootstrap of Debian 12 into $base"
  debootstrap --variant=minbase bookworm "$base.part" "$mirror" >"$dir/debootstrap.log" 2>&1 ||
    die "debootstrap failed: $dir/debootstrap.log"
  mv "$base.part" "$base"
fi

say "a new root in $root"
rm -rf --one-file-system "$root"
cp -a --reflink=auto "$base" "$root"
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d
cp -a /etc/apt/. "$root/etc/apt/"
rm -f "$root"/etc/apt/apt.conf.d/docker-*  # About disk space in images; not where packages come from.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

# Settings that say where registries are and whom to trust. The bundle lies apart from Debian's own,
# which installing ca-certificates writes anew.
settings=("HOME=$(awk -F: '$3 == 0 {print $6; exit}' "$base/etc/passwd")" LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  bundle=/etc/machine-ca.pem
  cp -L /etc/ssl/certs/ca-certificates.crt "$root$bundle"
  for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE GIT_SSL_CAINFO npm_config_cafile; do
    settings+=("$name=$bundle")
  done
fi
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL; do
  [ -n "${!name:-}" ] && settings+=("$name=${!name}")
done
if command -v npm >/dev/null; then settings+=("npm_config_registry=$(npm config get registry 2>/dev/null)"); fi

git clone --quiet --no-local "$source" "$root/glint"
say "$(git -C "$source" log -1 --format='%h %s'), make $*"
start=$SECONDS
code=0
# Mounts and processes live in namespaces of their own: nothing stays, whatever happens.
unshare --mount --pid --fork --kill-child --propagation private bash -euc '
  root=$1; shift
  mount --rbind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  exec chroot "$root" "$@"
' try_bare "$root" env -i "${settings[@]}" bash -euc '
  apt-get -qq update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends git make >/dev/null 2>&1
  cd /glint
  git config --global --add safe.directory /glint
  make "$@"
' bare "$@" || code=$?
say "make $1 ended with $code after $((SECONDS - start)) s; $(du -shx "$root" | cut -f1) in $root"
exit $code
