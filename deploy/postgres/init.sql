-- Runs once, on an empty data folder, as the superuser: the role millrace, its database, its schema. Tables are made by
-- `millrace migrate` and at every start. Needs DATABASE_PASSWORD in the environment (psql 14 or newer).
\set ON_ERROR_STOP on
\getenv password DATABASE_PASSWORD

CREATE ROLE millrace LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE millrace OWNER millrace TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE millrace FROM PUBLIC;

\connect millrace
CREATE SCHEMA millrace AUTHORIZATION millrace;
-- Names without a schema mean ours, also for whoever looks in with psql.
ALTER ROLE millrace IN DATABASE millrace SET search_path = millrace, public;
