-- A last chunk that came to an address which took no more is told from one that may have arrived.
ALTER TABLE tiktok_posts DROP CONSTRAINT tiktok_posts_intent_check;
ALTER TABLE tiktok_posts ADD CONSTRAINT tiktok_posts_intent_check CHECK (
    intent IN ('init', 'last_chunk', 'turned_away', 'cancel') AND (intent IS NULL) = (intent_at IS NULL));

-- Uploads that were given up for another one. TikTok may still say something of them, and should one be out after all, the
-- post is there twice.
CREATE TABLE tiktok_abandoned_uploads (
    publish_id      VARCHAR(255) NOT NULL,
    tiktok_post_id  INTEGER NOT NULL,
    published_at    TIMESTAMPTZ, -- since when that is known
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT tiktok_abandoned_uploads_pkey PRIMARY KEY (publish_id),
    CONSTRAINT tiktok_abandoned_uploads_tiktok_post_id_fkey FOREIGN KEY (tiktok_post_id)
        REFERENCES tiktok_posts (id) ON DELETE CASCADE
);
CREATE INDEX idx_tiktok_abandoned_uploads_tiktok_post ON tiktok_abandoned_uploads (tiktok_post_id);

-- What each worker counts before it opens another.
CREATE INDEX idx_tiktok_posts_open_uploads ON tiktok_posts (upload_url_expires_at)
    WHERE status = 'PROCESSING_UPLOAD' AND confirmed_bytes < total_bytes;

-- No query goes by it.
DROP INDEX idx_tiktok_posts_status;
