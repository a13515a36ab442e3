-- Finds the files whose row is kept for a while after they were deleted.
CREATE INDEX idx_media_uploads_deleted_at ON media_uploads (deleted_at) WHERE status = 'deleted';
