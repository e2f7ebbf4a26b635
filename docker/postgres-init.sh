#!/bin/sh
# Prepares a PostgreSQL server for Steading: the database, the login that owns it, and the restricted login that serves
# requests. Run it as a superuser (PGHOST, PGUSER, PGPASSFILE as for psql). It may be run again at any time: roles stay,
# grants are set anew and both passwords become what the files say, which is how they are rotated.
#
#   STEADING_DB_NAME                 the database (default: steading)
#   STEADING_DB_OWNER_PASSWORD_FILE    password of the login steading_owner: migrations and provisioning
#   STEADING_DB_REQUEST_PASSWORD_FILE  password of the login steading_request: everything a visitor can reach
set -eu

: "${STEADING_DB_NAME:=steading}"
: "${STEADING_DB_OWNER_PASSWORD_FILE:?names the file with the password of steading_owner}"
: "${STEADING_DB_REQUEST_PASSWORD_FILE:?names the file with the password of steading_request}"
for file in "$STEADING_DB_OWNER_PASSWORD_FILE" "$STEADING_DB_REQUEST_PASSWORD_FILE"; do
  if [ ! -s "$file" ]; then
    echo "postgres-init: $file is missing or empty" >&2
    exit 78
  fi
done
export STEADING_DB_NAME STEADING_DB_OWNER_PASSWORD_FILE STEADING_DB_REQUEST_PASSWORD_FILE

# The passwords travel through files and psql variables: never on a command line, never into the server's log.
psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --dbname "${PGDATABASE:-postgres}" <<'SQL'
\set db `printf %s "$STEADING_DB_NAME"`
\set owner_password `cat "$STEADING_DB_OWNER_PASSWORD_FILE"`
\set request_password `cat "$STEADING_DB_REQUEST_PASSWORD_FILE"`
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET client_min_messages = 'warning';

-- Two logins, and the roles a request becomes for one transaction. Only the owner may create roles (one per company that
-- defines tables of its own); nobody here is a superuser or bypasses row-level security.
SELECT format('CREATE ROLE %I NOLOGIN', name)
  FROM unnest(ARRAY['steading_owner', 'steading_request', 'steading_app', 'steading_control']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE steading_owner LOGIN CREATEROLE NOSUPERUSER NOCREATEDB NOBYPASSRLS NOREPLICATION PASSWORD :'owner_password';
ALTER ROLE steading_request LOGIN NOINHERIT NOCREATEROLE NOSUPERUSER NOCREATEDB NOBYPASSRLS NOREPLICATION
  PASSWORD :'request_password';
GRANT steading_app, steading_control TO steading_owner WITH ADMIN OPTION;
GRANT steading_app, steading_control TO steading_request;

SELECT format('CREATE DATABASE %I OWNER steading_owner TEMPLATE template0 ENCODING ''UTF8''', :'db')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'db') \gexec
ALTER DATABASE :"db" OWNER TO steading_owner;
REVOKE ALL ON DATABASE :"db" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"db" TO steading_request;

\connect :"db"
SET client_min_messages = 'warning';
-- What a stranger's SQL would need in order to leave its role: gone for everybody but the owner.
ALTER SCHEMA public OWNER TO steading_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO steading_app, steading_control;
REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO steading_owner;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO steading_owner;
REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid),
  pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC;
-- What other processes would take for a word of ours, and what would hold up a migration.
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %s TO steading_owner',
              oid::regprocedure, oid::regprocedure)
  FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
   AND proname ~ '^pg_(notify|logical_emit_message|(try_)?advisory_.*lock.*)$' \gexec
SQL
