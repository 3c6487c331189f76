#!/bin/sh
# Brings the schemas of Temporal's two databases up to this version's. Safe to run again; run it before a newer server.
# Takes SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

# The tool prints every statement: shown only if it fails.
run() {
  temporal-sql-tool "$@" > /tmp/log 2>&1 || { cat /tmp/log >&2; exit 1; }
}

update() {
  run --database "$1" setup-schema --version 0.0
  run --database "$1" update-schema --schema-name "$2"
  echo "database $1 has the schema $2 of $(temporal-sql-tool --version)"
}

update temporal postgresql/v12/temporal
update temporal_visibility postgresql/v12/visibility
