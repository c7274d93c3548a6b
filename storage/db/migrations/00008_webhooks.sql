-- Where other systems are told of events, and the events on their way.

-- +goose Up
-- The secret signs what is sent, so it is kept as it is. It opens nothing here.
CREATE TABLE endpoints (
    id          TEXT   NOT NULL PRIMARY KEY,
    url         TEXT   NOT NULL,
    events      TEXT   NOT NULL, -- JSON
    secret      TEXT   NOT NULL,
    created_by  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT NOT NULL
);

-- There is no column for anything of a document or a person but their reference.
CREATE TABLE deliveries (
    id          TEXT   NOT NULL PRIMARY KEY,
    endpoint    TEXT   NOT NULL REFERENCES endpoints (id),
    event       TEXT   NOT NULL,
    object      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    last_status TEXT   NOT NULL
);
CREATE INDEX deliveries_by_due ON deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, at, id);
