#!/bin/sh
# Prints .env for docker-compose.stream.yml: deploy/.env.example with a fresh password wherever one is missing.
#   sh deploy/env.sh > .env
set -eu
while IFS= read -r line; do
  case $line in
    *_PASSWORD= | *_SECRET= | *_SECRET_KEY=)
      # 128 bits. The beginning is there for OpenSearch, which wants each kind of sign.
      printf '%sMr-%s\n' "$line" "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
      ;;
    *) printf '%s\n' "$line" ;;
  esac
done < "$(dirname "$0")/.env.example"
