-- Built-in functions whose arguments have defaults.

CREATE OR REPLACE FUNCTION pg_catalog.pg_terminate_backend(pid integer, timeout bigint DEFAULT 0) RETURNS boolean
  LANGUAGE internal STRICT VOLATILE AS 'pg_terminate_backend';
CREATE OR REPLACE FUNCTION pg_catalog.make_interval(years integer DEFAULT 0, months integer DEFAULT 0, weeks integer DEFAULT 0,
    days integer DEFAULT 0, hours integer DEFAULT 0, mins integer DEFAULT 0, secs double precision DEFAULT 0.0) RETURNS interval
  LANGUAGE internal STRICT IMMUTABLE AS 'make_interval';
CREATE OR REPLACE FUNCTION pg_catalog.parse_ident(str text, strict boolean DEFAULT true) RETURNS text[]
  LANGUAGE internal STRICT IMMUTABLE AS 'parse_ident';
CREATE OR REPLACE FUNCTION pg_catalog.normalize(text, text DEFAULT 'NFC') RETURNS text
  LANGUAGE internal STRICT IMMUTABLE AS 'unicode_normalize_func';
