#!/bin/sh
# Makes random passwords for docker/compose.postgres.yaml in docker/secrets, and the addresses that carry them.
# With --rotate the two logins of Steading get new ones; the superuser's stays, since the server knows it already.
#
# The folder is closed to others (0700); the files inside are readable, because each container reads them as its own user.
set -eu

folder=$(dirname "$0")/secrets
case "${1:-}" in
  '') ;;
  --rotate) rm -f "$folder/owner_password" "$folder/request_password" "$folder/owner_url" "$folder/request_url" ;;
  *)
    echo "usage: docker/make-secrets.sh [--rotate]" >&2
    exit 2
    ;;
esac

mkdir -p "$folder"
chmod 0700 "$folder"

password() {
  if [ ! -s "$folder/$1_password" ]; then
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$1_password"
  fi
}

password superuser
password owner
password request
for login in owner request; do
  printf 'postgres://steading_%s:%s@postgres/steading' "$login" "$(cat "$folder/${login}_password")" >"$folder/${login}_url"
done
chmod 0644 "$folder"/*
