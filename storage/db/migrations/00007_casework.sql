-- What people put down about the people of an encounter. Lines are added and
-- never changed; there is no column for a score of anybody, and none for a
-- nationality but in the words of an answer.

-- +goose Up
-- One line for each encounter with people, which writers hold in turn.
CREATE TABLE casefiles (
    encounter TEXT   NOT NULL PRIMARY KEY,
    people    BIGINT NOT NULL
);

CREATE TABLE person_answers (
    seq       BIGINT NOT NULL,
    encounter TEXT   NOT NULL REFERENCES casefiles (encounter),
    person    BIGINT NOT NULL CHECK (person > 0),
    question  TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('answered', 'declined', 'not_safe', 'unknown')),
    choices   TEXT   NOT NULL,
    words     TEXT   NOT NULL,
    source    TEXT   NOT NULL,
    by_whom   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (encounter, person, question, seq)
);

CREATE TABLE person_roles (
    seq       BIGINT NOT NULL,
    encounter TEXT   NOT NULL REFERENCES casefiles (encounter),
    person    BIGINT NOT NULL CHECK (person > 0),
    role      TEXT   NOT NULL,
    given     BIGINT NOT NULL,
    reason    TEXT   NOT NULL CHECK (reason <> ''),
    by_whom   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (encounter, person, seq)
);

CREATE TABLE prompt_closings (
    seq       BIGINT NOT NULL,
    encounter TEXT   NOT NULL REFERENCES casefiles (encounter),
    person    BIGINT NOT NULL CHECK (person > 0),
    prompt    TEXT   NOT NULL,
    outcome   TEXT   NOT NULL CHECK (outcome IN ('no_concern', 'referred')),
    reason    TEXT   NOT NULL CHECK (reason <> ''),
    by_whom   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (encounter, person, seq)
);

CREATE TABLE holdings (
    seq        BIGINT NOT NULL,
    encounter  TEXT   NOT NULL REFERENCES casefiles (encounter),
    document   TEXT   NOT NULL,
    held_by    BIGINT NOT NULL,
    belongs_to BIGINT NOT NULL,
    by_whom    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (encounter, seq)
);

-- The content of a referral is what was sent; only its way after that is written
-- beside it.
CREATE TABLE referrals (
    id        TEXT   NOT NULL PRIMARY KEY,
    rule      TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    encounter TEXT   NOT NULL REFERENCES casefiles (encounter),
    person    BIGINT NOT NULL,
    document  TEXT   NOT NULL,
    priority  TEXT   NOT NULL CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
    consent   TEXT   NOT NULL,
    nature    TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    content   TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    guidance  TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('sent', 'acknowledged', 'closed')),
    sent_by   TEXT   NOT NULL,
    sent_at   BIGINT NOT NULL,
    ack_due   BIGINT NOT NULL,
    ack_by    TEXT   NOT NULL,
    ack_at    BIGINT NOT NULL,
    outcome   TEXT   NOT NULL,
    closed_at BIGINT NOT NULL,
    CHECK (state <> 'closed' OR outcome <> '')
);
CREATE INDEX referrals_by_encounter ON referrals (encounter, sent_at, id);
CREATE INDEX referrals_by_urgency ON referrals (priority, ack_due, id) WHERE state <> 'closed';

CREATE TABLE tasks (
    id        TEXT   NOT NULL PRIMARY KEY,
    kind      TEXT   NOT NULL,
    encounter TEXT   NOT NULL,
    person    BIGINT NOT NULL,
    owner     TEXT   NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    outcome   TEXT   NOT NULL,
    done_by   TEXT   NOT NULL,
    done_at   BIGINT NOT NULL,
    CHECK ((done_at = 0) = (outcome = ''))
);
CREATE INDEX tasks_by_due ON tasks (due_at, id) WHERE done_at = 0;
CREATE INDEX tasks_by_encounter ON tasks (encounter, due_at, id);
