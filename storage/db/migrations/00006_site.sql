-- What documents are looked up by, and who looked. A key is written with the
-- report that it comes from.

-- +goose Up
CREATE TABLE search_keys (
    kind        TEXT   NOT NULL CHECK (kind IN ('document_number', 'name')),
    value       TEXT   NOT NULL CHECK (value <> ''),
    received_at BIGINT NOT NULL,
    document_id TEXT   NOT NULL REFERENCES documents (id),
    PRIMARY KEY (kind, value, received_at, document_id)
);
CREATE INDEX search_keys_by_document ON search_keys (document_id, kind, value);

-- What was looked for is kept as a keyed hash alone.
CREATE TABLE searches (
    id      TEXT   NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    account TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    mark    TEXT   NOT NULL,
    found   TEXT   NOT NULL,
    more    BIGINT NOT NULL
);
CREATE INDEX searches_by_mark ON searches (mark, at);

-- Keys that the program makes for itself, once for each database.
CREATE TABLE own_keys (
    name  TEXT  NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE saved_filters (
    account TEXT NOT NULL,
    page    TEXT NOT NULL,
    name    TEXT NOT NULL CHECK (name <> ''),
    query   TEXT NOT NULL,
    PRIMARY KEY (account, page, name)
);
