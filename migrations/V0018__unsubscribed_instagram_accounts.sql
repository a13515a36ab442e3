-- The sweep looks every minute for accounts that nobody has subscribed to webhooks; nearly all are.
CREATE INDEX IF NOT EXISTS idx_instagram_accounts_unsubscribed
    ON instagram_accounts (updated_at) WHERE status = 'active' AND subscribed_at IS NULL;
