-- One row per started login: consumed by one statement, worthless ten minutes later.
-- Only hashes are kept, so a reader of the database can't finish somebody's login.
CREATE TABLE oauth_states (
    state_hash      BYTEA NOT NULL CONSTRAINT oauth_states_pkey PRIMARY KEY,
    cookie_hash     BYTEA NOT NULL, -- ties the callback to the browser that started
    user_id         BIGINT NOT NULL,
    provider        VARCHAR(50) NOT NULL,
    login_kind      VARCHAR(50), -- configuration may change while the person is at Meta
    scope           TEXT NOT NULL,
    return_to       TEXT NOT NULL,
    reconnect       BOOLEAN NOT NULL DEFAULT FALSE,
    correlation_id  TEXT,
    expires_at      TIMESTAMPTZ NOT NULL,
    consumed_at     TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT oauth_states_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT oauth_states_provider_check CHECK (provider IN ('tiktok', 'instagram')),
    CONSTRAINT oauth_states_login_kind_check CHECK (
        login_kind IN ('facebook_login', 'instagram_login')
        AND (login_kind IS NOT NULL) = (provider = 'instagram')),
    -- SHA-256. A raw state that got here by mistake is refused.
    CONSTRAINT oauth_states_hash_length_check CHECK (octet_length(state_hash) = 32 AND octet_length(cookie_hash) = 32)
);

CREATE INDEX idx_oauth_states_user ON oauth_states (user_id);
CREATE INDEX idx_oauth_states_expires ON oauth_states (expires_at);
