-- Files that arrive over a bad line, piece by piece. The bytes lie in the spool
-- of the desk; document_id is empty until they have become a document.

-- +goose Up
CREATE TABLE uploads (
    id          TEXT   NOT NULL PRIMARY KEY,
    account     TEXT   NOT NULL,
    file_name   TEXT   NOT NULL,
    size        BIGINT NOT NULL CHECK (size > 0),
    digest      TEXT   NOT NULL,
    begun_at    BIGINT NOT NULL,
    touched_at  BIGINT NOT NULL,
    document_id TEXT   NOT NULL
);
CREATE INDEX uploads_by_account ON uploads (account, begun_at, id);
CREATE INDEX uploads_by_age ON uploads (touched_at);

CREATE INDEX encounters_by_opener ON encounters (opened_by, opened_at);
