-- What the journey's comment is about; running it again changes nothing.
INSERT INTO ig_media (instagram_account_id, ig_id, media_type, caption)
SELECT id, '17800000000000001', 'IMAGE', 'Fresh bread'
  FROM instagram_accounts
 WHERE oauth_account_id = $1 AND ig_business_id = '17841400000000001'
    ON CONFLICT DO NOTHING
