-- Who comes in, from where, and what machines may do. Truth values are 0 and 1,
-- times that have not come are 0.

-- +goose Up
ALTER TABLE accounts ADD COLUMN locked_at BIGINT NOT NULL DEFAULT 0;
-- Until when a password that somebody else has set may be changed for one's own.
ALTER TABLE accounts ADD COLUMN one_time_until BIGINT NOT NULL DEFAULT 0;
-- Sessions of an earlier epoch are over.
ALTER TABLE accounts ADD COLUMN epoch BIGINT NOT NULL DEFAULT 1;

-- On which devices somebody has signed in before. Tokens are kept as their
-- SHA-256.
CREATE TABLE devices (
    token_hash TEXT   NOT NULL,
    account    TEXT   NOT NULL REFERENCES accounts (name),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, account)
);
CREATE INDEX devices_by_expiry ON devices (expires_at);

-- What other systems come in with. The secret is kept as its SHA-256.
CREATE TABLE tokens (
    id          TEXT   NOT NULL PRIMARY KEY,
    account     TEXT   NOT NULL REFERENCES accounts (name),
    secret_hash TEXT   NOT NULL UNIQUE,
    made_by     TEXT   NOT NULL,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL
);

-- Requests that a client may send again under the same key. Of the answer only
-- what names nobody is kept.
CREATE TABLE replays (
    account  TEXT   NOT NULL,
    key      TEXT   NOT NULL,
    digest   TEXT   NOT NULL,
    status   BIGINT NOT NULL, -- 0 while the first one is under way
    location TEXT   NOT NULL,
    empty    BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX replays_by_time ON replays (begun_at);

-- The log is looked through by who, and by when.
CREATE INDEX audit_by_account ON audit (account, seq);
CREATE INDEX audit_by_time ON audit (at, seq);
