#!/bin/sh
# Writes .env from .env.example with fresh secrets, for you only to read. Never touches an .env that is there.
set -eu
cd "$(dirname "$0")/.."

command -v openssl > /dev/null || { echo 'openssl is needed to make the secrets' >&2; exit 1; }
if [ -e .env ]; then
  echo '.env is there already: nothing done' >&2
  exit 1
fi

umask 077
while IFS= read -r line; do
  case "$line" in
    FRESHET_CREDENTIALS_KEYS=) echo "${line}k1:$(openssl rand -base64 32)" ;;
    FRESHET_BOOTSTRAP_API_KEY=) echo "${line}fsh_$(openssl rand -hex 32)" ;;
    [A-Z]*=) echo "$line$(openssl rand -hex 24)" ;;
    *) printf '%s\n' "$line" ;;
  esac
done < .env.example > .env.new
mv .env.new .env
echo 'wrote .env'
