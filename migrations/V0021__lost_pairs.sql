-- Raised before a refresh whose answer may get lost, and cleared by its answer: a refresh token that is refused afterwards
-- says nothing about the grant, which may live on with the pair that nobody has.
ALTER TABLE pending_revocations ADD COLUMN unanswered_refreshes SMALLINT NOT NULL DEFAULT 0;
