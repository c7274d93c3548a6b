-- The audit log can be written to and read, and nothing else. Triggers and
-- counters are what the two engines have no common words for.

-- +goose Up
CREATE TABLE audit (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        BIGINT NOT NULL,
    account   TEXT   NOT NULL,
    role      TEXT   NOT NULL,
    operation TEXT   NOT NULL,
    object    TEXT   NOT NULL,
    detail    TEXT   NOT NULL
);
CREATE INDEX audit_by_object ON audit (object, seq);

-- +goose StatementBegin
CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps();
