-- Poison that nobody has settled is looked at every minute, among all events that ever had an error.
CREATE INDEX idx_webhook_events_poison ON webhook_events (id)
    WHERE event_type = 'poison' AND error_message IS NOT NULL;
