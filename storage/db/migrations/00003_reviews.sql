-- The queue of people's work. Truth values are 0 and 1; lists are JSON.

-- +goose Up
CREATE TABLE encounters (
    reference  TEXT   NOT NULL PRIMARY KEY,
    site       TEXT   NOT NULL,
    channel    TEXT   NOT NULL CHECK (channel IN ('primary', 'second_line', 'custody', 'in_country')),
    people     BIGINT NOT NULL CHECK (people > 0),
    clock_from BIGINT NOT NULL,
    opened_by  TEXT   NOT NULL,
    opened_at  BIGINT NOT NULL,
    closed_at  BIGINT NOT NULL
);

-- All of one site and day; see nextReference.
CREATE INDEX encounters_by_day ON encounters (substr(reference, 1, 10), reference);

CREATE TABLE reviews (
    document_id TEXT   NOT NULL PRIMARY KEY REFERENCES documents (id),
    cause       TEXT   NOT NULL CHECK (cause IN ('flagged', 'could_not_check', 'random_audit', 'safety')),
    state       TEXT   NOT NULL CHECK (state IN ('first', 'second', 'third', 'waiting', 'decided')),
    safety      BIGINT NOT NULL,
    opened_at   BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    folded      BIGINT NOT NULL,
    holder      TEXT   NOT NULL,
    held_until  BIGINT NOT NULL,
    kept        TEXT   NOT NULL,
    updated     BIGINT NOT NULL,
    CHECK ((holder = '') = (held_until = 0)),
    CHECK (holder = '' OR state IN ('first', 'second', 'third'))
);
-- The order of the queue. Another index by state would tempt SQLite to sort.
CREATE INDEX reviews_by_urgency ON reviews (safety DESC, due_at, opened_at, document_id)
    WHERE state IN ('first', 'second', 'third', 'waiting');
CREATE INDEX reviews_by_holder ON reviews (holder) WHERE holder <> '';
CREATE INDEX reviews_by_kept ON reviews (kept) WHERE kept <> '';
CREATE INDEX reviews_by_concern ON reviews (due_at, opened_at, document_id) WHERE safety = 1;

-- One line for each decision, for good; nobody decides twice.
CREATE TABLE decisions (
    document_id TEXT   NOT NULL REFERENCES reviews (document_id),
    seq         BIGINT NOT NULL CHECK (seq > 0),
    reviewer    TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    verdict     TEXT   NOT NULL,
    confidence  TEXT   NOT NULL,
    level       BIGINT NOT NULL,
    basis       TEXT   NOT NULL,
    findings    TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    machine     TEXT   NOT NULL,
    impression  TEXT   NOT NULL,
    opened      TEXT   NOT NULL,
    active_us   BIGINT NOT NULL,
    PRIMARY KEY (document_id, seq),
    UNIQUE (document_id, reviewer),
    CHECK (confidence <> 'confirmed' OR basis <> 'image_only')
);

CREATE INDEX decisions_by_time ON decisions (at DESC, document_id);

CREATE TABLE drafts (
    document_id TEXT   NOT NULL REFERENCES reviews (document_id),
    account     TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    saved_at    BIGINT NOT NULL,
    PRIMARY KEY (document_id, account)
);

CREATE TABLE recaptures (
    document_id TEXT   NOT NULL REFERENCES reviews (document_id),
    asked_by    TEXT   NOT NULL,
    asked_at    BIGINT NOT NULL,
    reasons     TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    box         TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    PRIMARY KEY (document_id, asked_at)
);
