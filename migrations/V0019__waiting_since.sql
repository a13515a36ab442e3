-- The sweep ends waits that are older than it is worth waiting.
CREATE INDEX idx_webhook_events_waiting_since ON webhook_events (received_at)
    WHERE applied_at IS NULL AND waits_for IS NOT NULL;
