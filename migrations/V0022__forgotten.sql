-- Who wrote what an event tells of, read when it comes in: bytes that JSONB refuses can't be searched later.
ALTER TABLE webhook_events
    ADD COLUMN author_id VARCHAR(255), -- for our app: not always the id of the author's professional account
    ADD COLUMN author_name VARCHAR(255),
    ADD COLUMN author_read BOOLEAN NOT NULL DEFAULT FALSE; -- of what was stored before, the minute's round reads it
DROP INDEX idx_webhook_events_author;
CREATE INDEX idx_webhook_events_author_id ON webhook_events (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX idx_webhook_events_author_name ON webhook_events (author_name) WHERE author_name IS NOT NULL;
CREATE INDEX idx_webhook_events_author_unread ON webhook_events (id) WHERE provider = 'instagram' AND NOT author_read;

-- A comment tells an id of our app's besides the name, and only the name may be known.
DROP INDEX idx_ig_comments_from_user;
CREATE INDEX idx_ig_comments_from_user ON ig_comments (from_user) WHERE from_user IS NOT NULL;

-- What names nobody is found by no data deletion, so it's kept for a while only.
CREATE INDEX idx_webhook_events_nameless ON webhook_events (created_at)
    WHERE subject_id IS NULL AND author_id IS NULL AND author_name IS NULL AND waits_for IS NULL;

-- People whose data was deleted, by what webhooks call them: what comes in late of them isn't stored again.
CREATE TABLE forgotten (
    name_hash   BYTEA NOT NULL CONSTRAINT forgotten_pkey PRIMARY KEY, -- of 'subject:…', 'id:…' or 'name:…': the name itself is erased
    until       TIMESTAMPTZ NOT NULL, -- what came in up to then is passed over; a new login brings it forward
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),

    -- SHA-256. A name that got here by mistake is refused.
    CONSTRAINT forgotten_hash_length_check CHECK (octet_length(name_hash) = 32)
);

CREATE INDEX idx_forgotten_until ON forgotten (until);

-- Meta names people by the profile's id, or, where it told none, by what is best known.
UPDATE oauth_accounts SET person_id = open_id WHERE login_kind = 'instagram_login' AND person_id IS NULL;
