#!/bin/sh
# Makes sure that the roles and databases of Freshet and of Temporal exist, with the passwords of .env. Each role owns
# its databases and can connect to no other. Safe to run again: a changed password is set.
# Takes PGHOST, PGUSER, PGPASSWORD (an administrator's), FRESHET_DB_PASSWORD and TEMPORAL_DB_PASSWORD.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\getenv freshet_password FRESHET_DB_PASSWORD
\getenv temporal_password TEMPORAL_DB_PASSWORD

select format('create role %I login', role)
from unnest(array['freshet', 'temporal']) as role
where not exists (select from pg_roles where rolname = role) \gexec

alter role freshet password :'freshet_password';
alter role temporal password :'temporal_password';

select format('create database %I owner %I', name, owner)
from (values
  ('freshet', 'freshet'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')
) as wanted (name, owner)
where not exists (select from pg_database where datname = name) \gexec

revoke all on database freshet, temporal, temporal_visibility from public;

-- Temporal's visibility store indexes with it.
\connect temporal_visibility
set client_min_messages = warning;
create extension if not exists btree_gin;
SQL

echo 'databases freshet, temporal and temporal_visibility are there'
