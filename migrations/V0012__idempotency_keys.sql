-- Answers to requests that carried an Idempotency-Key, for a day.
CREATE TABLE idempotency_keys (
    user_id          BIGINT NOT NULL,
    key              VARCHAR(255) NOT NULL,
    request_hash     BYTEA NOT NULL, -- SHA-256 of route and body: the same key for another request is refused
    state            VARCHAR(50) NOT NULL DEFAULT 'in_flight',
    locked_until     TIMESTAMPTZ, -- a request that died must not hold its key for a day
    response_status  SMALLINT,
    response_body    TEXT, -- not JSONB: a replay is the same bytes
    expires_at       TIMESTAMPTZ NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT idempotency_keys_request_hash_check CHECK (octet_length(request_hash) = 32),
    CONSTRAINT idempotency_keys_state_check CHECK (
        state = 'in_flight' AND locked_until IS NOT NULL AND response_status IS NULL AND response_body IS NULL
        OR state = 'done' AND response_status IS NOT NULL AND response_body IS NOT NULL)
);

CREATE INDEX idx_idempotency_keys_expires ON idempotency_keys (expires_at);
