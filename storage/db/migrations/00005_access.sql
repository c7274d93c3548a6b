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
