#!/bin/sh
# Waits for Temporal's frontend, then makes sure that the namespace exists with the wanted retention. Safe to run again.
# Takes TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION_DAYS (how long the histories of ended workflow runs are kept).
set -eu

case "$RETENTION_DAYS" in
  '' | 0* | *[!0-9]*)
    echo "TEMPORAL_RETENTION_DAYS must be a whole number of days from 1, not '$RETENTION_DAYS'" >&2
    exit 1
    ;;
esac
max_attempts=60

# Runs a command every 2 s until it succeeds. $1 says what is being waited for.
until_done() {
  what=$1
  shift
  attempt=1
  until output=$("$@" 2>&1); do
    if [ "$attempt" -ge "$max_attempts" ]; then
      echo "$what: gave up after $max_attempts attempts. The last answer: $output" >&2
      exit 1
    fi
    echo "$what: not yet ($attempt/$max_attempts)"
    attempt=$((attempt + 1))
    sleep 2
  done
}

ensure_namespace() {
  if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE"; then
    temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "${RETENTION_DAYS}d"
  else
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${RETENTION_DAYS}d"
  fi
}

until_done 'Temporal is healthy' temporal operator cluster health
until_done "namespace $TEMPORAL_NAMESPACE" ensure_namespace
echo "namespace $TEMPORAL_NAMESPACE is there and keeps ended runs for $RETENTION_DAYS days"
