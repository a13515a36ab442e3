-- A token past its end mustn't be given back: TikTok may say yes to it and leave the grant alive.
ALTER TABLE pending_revocations ADD COLUMN access_expires_at TIMESTAMPTZ;
CREATE INDEX idx_pending_revocations_open_id ON pending_revocations (provider, open_id);

-- A data deletion finds what a person wrote below the posts of others. No longer than an index takes: an event must not be
-- refused for it.
CREATE INDEX idx_ig_comments_from ON ig_comments (from_id) WHERE from_id IS NOT NULL;
CREATE INDEX idx_ig_comments_from_user ON ig_comments (from_user) WHERE from_id IS NULL;
CREATE INDEX idx_webhook_events_author ON webhook_events (left(payload_json #>> '{value,from,id}', 255))
    WHERE left(payload_json #>> '{value,from,id}', 255) IS NOT NULL;

-- A person may ask again before the deletion is done: then what came between the two is meant as well.
ALTER TABLE data_deletion_requests ADD COLUMN asked_at TIMESTAMPTZ NOT NULL DEFAULT now();
