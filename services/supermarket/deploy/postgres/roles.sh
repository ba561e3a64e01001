#!/usr/bin/env bash
# Makes a role with a password for each service, or gives it a new password. Run as a superuser of the database: by the
# image of PostgreSQL when it makes its database, or by hand with PGHOST and the like set. The schemas and the rights in
# them are made by `supermarket migrate`.
#
#   INTAKE_DATABASE_PASSWORD … OVERSIGHT_DATABASE_PASSWORD   each service's password
set -euo pipefail
for service in intake routing mediation transfer oversight; do
    password=${service^^}_DATABASE_PASSWORD
    [[ -n ${!password:-} ]] || { echo "$password is not set" >&2; exit 1; }
    # The password reaches psql by its environment, where other users do not see it.
    ROLE=supermarket_$service PASSWORD=${!password} psql -X -q -v ON_ERROR_STOP=1 \
        -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-supermarket}" <<'SQL'
\getenv role ROLE
\getenv password PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
-- Not into the server's log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SQL
done
