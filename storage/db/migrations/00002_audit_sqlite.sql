-- The audit log can be written to and read, and nothing else. Triggers and
-- counters are what the two engines have no common words for.

-- +goose Up
CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    at        BIGINT  NOT NULL,
    account   TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    operation TEXT    NOT NULL,
    object    TEXT    NOT NULL,
    detail    TEXT    NOT NULL
);
CREATE INDEX audit_by_object ON audit (object, seq);

-- +goose StatementBegin
CREATE TRIGGER audit_keeps_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_keeps_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
-- INSERT OR REPLACE would get round the trigger on DELETE.
-- +goose StatementBegin
CREATE TRIGGER audit_keeps_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
