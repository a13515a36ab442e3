-- What the journey starts from; running it again changes nothing.
INSERT INTO oauth_accounts (user_id, provider, open_id, display_name, scope)
VALUES ($USER, 'tiktok', '-000JourneyAda', 'Ada', 'user.info.basic,video.publish')
    ON CONFLICT DO NOTHING;
INSERT INTO tiktok_posts (user_id, oauth_account_id, publish_id, status, source, title)
SELECT user_id, id, 'v_pub_file~v2-1.7600000000000000001', 'PROCESSING_UPLOAD', 'FILE_UPLOAD', 'Morning run'
  FROM oauth_accounts WHERE open_id = '-000JourneyAda'
    ON CONFLICT DO NOTHING;
INSERT INTO oauth_accounts (user_id, provider, login_kind, open_id, display_name, scope)
VALUES ($USER, 'instagram', 'facebook_login', '218471', 'Ada', 'instagram_basic,instagram_manage_comments')
    ON CONFLICT DO NOTHING;
INSERT INTO instagram_accounts (user_id, oauth_account_id, ig_business_id, page_id, username)
SELECT user_id, id, '17841400000000001', '100200300400500', 'example_bakery'
  FROM oauth_accounts WHERE open_id = '218471'
    ON CONFLICT DO NOTHING;
INSERT INTO ig_media (instagram_account_id, ig_id, media_type, caption)
SELECT id, '17800000000000001', 'IMAGE', 'Fresh bread'
  FROM instagram_accounts WHERE ig_business_id = '17841400000000001'
    ON CONFLICT DO NOTHING;
