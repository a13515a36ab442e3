-- What the journey goes on from, once the accounts are connected; running it again changes nothing.
INSERT INTO tiktok_posts (user_id, oauth_account_id, publish_id, status, source, title)
SELECT user_id, id, 'v_pub_file~v2-1.7600000000000000001', 'PROCESSING_UPLOAD', 'FILE_UPLOAD', 'Morning run'
  FROM oauth_accounts WHERE open_id = '-000SimulatedAdaAAAAAAAAAAAAAAAAAAAA' AND user_id = $USER
    ON CONFLICT DO NOTHING;
INSERT INTO ig_media (instagram_account_id, ig_id, media_type, caption)
SELECT id, '17800000000000001', 'IMAGE', 'Fresh bread'
  FROM instagram_accounts WHERE ig_business_id = '17841400000000001' AND user_id = $USER
    ON CONFLICT DO NOTHING;
