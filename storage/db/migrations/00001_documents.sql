-- Times are microseconds since 1970 in UTC, 0 for none. JSON is opaque text.

-- +goose Up
CREATE TABLE documents (
    id          TEXT   NOT NULL PRIMARY KEY,
    digest      TEXT   NOT NULL,
    size        BIGINT NOT NULL CHECK (size >= 0),
    media_type  TEXT   NOT NULL,
    file_name   TEXT   NOT NULL,
    encounter   TEXT   NOT NULL,
    capture     TEXT   NOT NULL,
    page_of     TEXT   NOT NULL,
    uploaded_by TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('received', 'screening', 'screened')),
    attempt     BIGINT NOT NULL,
    owner       TEXT   NOT NULL,
    lease_until BIGINT NOT NULL,
    screened_at BIGINT NOT NULL,
    conclusion  TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    rendition   TEXT   NOT NULL,
    CHECK ((state = 'screening') = (owner <> '')),
    CHECK ((state = 'screened') = (conclusion <> '')),
    -- The same bytes from the same account for the same encounter are one document.
    UNIQUE (digest, encounter, uploaded_by)
);
CREATE INDEX documents_by_time ON documents (received_at, id);
CREATE INDEX documents_by_state ON documents (state, received_at, id);
CREATE INDEX documents_by_conclusion ON documents (conclusion, received_at, id);
CREATE INDEX documents_by_encounter ON documents (encounter, received_at, id);
CREATE INDEX documents_by_head ON documents (page_of, received_at, id) WHERE page_of <> '';
CREATE INDEX documents_by_uploader ON documents (uploaded_by, received_at, id);

-- The primary key is what makes it one report for each document, whatever a
-- worker believes.
CREATE TABLE reports (
    document_id TEXT NOT NULL PRIMARY KEY REFERENCES documents (id),
    body        TEXT NOT NULL
);

CREATE TABLE accounts (
    name          TEXT NOT NULL PRIMARY KEY CHECK (name <> '' AND name = lower(name)),
    title         TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('officer', 'reviewer', 'safeguarding', 'analyst', 'supervisor', 'auditor',
        'operator', 'administrator', 'machine')),
    password_hash TEXT NOT NULL
);

-- Tokens are kept as their SHA-256, so that a copy of the database opens no
-- session.
CREATE TABLE sessions (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    data       BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
