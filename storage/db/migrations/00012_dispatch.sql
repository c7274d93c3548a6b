-- Who gets referrals, what is on its way to them, who is paged, and who sees what
-- only those see who need to know.

-- +goose Up
-- The secret signs what is sent, so it is kept as it is. It opens nothing here.
CREATE TABLE recipients (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL CHECK (name <> ''),
    channel     TEXT   NOT NULL CHECK (channel IN ('webhook', 'email', 'file')),
    address     TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    kinds       TEXT   NOT NULL, -- JSON
    secret      TEXT   NOT NULL,
    created_by  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT NOT NULL
);

ALTER TABLE accounts ADD COLUMN need_to_know BIGINT NOT NULL DEFAULT 0;

CREATE TABLE rota (
    site      TEXT   NOT NULL, -- empty: wherever a site has none of its own
    step      BIGINT NOT NULL CHECK (step > 0),
    recipient TEXT   NOT NULL REFERENCES recipients (id),
    PRIMARY KEY (site, step)
);

-- One line for each referral and recipient, and one for each page. There is no
-- column for anything that the referral says.
CREATE TABLE dispatches (
    id          TEXT   NOT NULL PRIMARY KEY,
    referral    TEXT   NOT NULL REFERENCES referrals (id),
    recipient   TEXT   NOT NULL REFERENCES recipients (id),
    step        BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    last_status TEXT   NOT NULL,
    ack_by      TEXT   NOT NULL,
    ack_at      BIGINT NOT NULL,
    UNIQUE (referral, recipient, step)
);
CREATE INDEX dispatches_by_due ON dispatches (next_at, id) WHERE state = 'waiting';
