-- What the publish worker goes by besides: `due_at` keeps several messages for one post from becoming several workers'
-- rounds, while `next_attempt_at` says when status-updater has to send another message.
ALTER TABLE tiktok_posts
    ADD COLUMN due_at       TIMESTAMPTZ NOT NULL DEFAULT now(), -- no step is taken before
    ADD COLUMN uploads      INTEGER NOT NULL DEFAULT 0, -- how often TikTok has opened an upload for it
    ADD COLUMN uploaded_at  TIMESTAMPTZ; -- since when TikTok has the whole file
