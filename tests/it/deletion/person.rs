//! A person with something in every table that can hold anything of them.

use crate::support::{OwnDatabase, Tables, unique};

/// The ids and words by which the person could be found.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) ig_id: String,
    pub(super) page: String,
    pub(super) words: String,
    pub(super) user: i64,
    pub(super) login: i32,
    pub(super) account: i32,
}

/// Every kind of thing with how many of it there are.
pub(super) const COUNTS: [(&str, u64); 10] = [
    ("accounts", 1),
    ("auditAddresses", 2), // of connecting, and of the request itself
    ("comments", 4),
    ("files", 1),
    ("instagramAccounts", 1),
    ("media", 1),
    ("posts", 1),
    ("revocations", 1),
    ("syncs", 2),
    ("webhookEvents", 7),
];

impl Person {
    /// A person whose account was disconnected a while ago.
    pub(super) async fn with_everything(own: &OwnDatabase) -> Self {
        let tables = &own.tables;
        let user = tables.user().await;
        let person = Self::connected(tables, user).await;
        person.leave_traces(tables).await;
        person
    }

    /// A connected person, and nothing else.
    pub(super) async fn connected(tables: &Tables, user: i64) -> Self {
        let [id, ig_id, page] = [(); 3].map(|()| unique());
        let words = format!("words{}", unique());
        let sql = "WITH login AS (
                     INSERT INTO oauth_accounts (user_id, provider, login_kind, open_id, person_id, display_name, scope,
                                                 access_token_encrypted, metadata)
                     VALUES ($1, 'instagram', 'facebook_login', $2, $2, $5, 'instagram_basic', 'sealed',
                             jsonb_build_object('name', $5::text))
                     RETURNING id, user_id)
                   INSERT INTO instagram_accounts (user_id, oauth_account_id, ig_business_id, page_id, page_name, username,
                                                   page_token_encrypted)
                   SELECT user_id, id, $3, $4, $5, $5, 'sealed' FROM login RETURNING oauth_account_id, id";
        let row = &tables.rows(sql, &[&user, &id, &ig_id, &page, &words]).await[0];
        Self { id, ig_id, page, words, user, login: row.get(0), account: row.get(1) }
    }

    async fn leave_traces(&self, tables: &Tables) {
        let Self { id, ig_id, page, words, user, login, account } = self;
        let media = tables.instagram_media(*account, &unique()).await;
        tables.rows("UPDATE ig_media SET caption = $2 WHERE id = $1", &[&media, words]).await;
        self.comment(tables, *account, media, None, None).await;
        self.comment(tables, *account, media, Some("somebody"), Some("somebody")).await;
        // What the person wrote elsewhere, by id and by name.
        let elsewhere = tables.user().await;
        let (_, other) = tables.instagram_account(elsewhere, &unique()).await;
        let theirs = tables.instagram_media(other, &unique()).await;
        self.comment(tables, other, theirs, Some(ig_id), None).await;
        self.comment(tables, other, theirs, Some("scoped"), Some(words)).await;
        let files = self.files(tables).await;
        let request =
            serde_json::json!({ "caption": words, "children": [{ "mediaId": files[0] }, { "mediaId": files[1] }] });
        let sql = "WITH post AS (
                     INSERT INTO instagram_posts (user_id, oauth_account_id, instagram_account_id, status, media_type,
                                                  caption, request_json)
                     VALUES ($1, $2, $3, 'PUBLISH_COMPLETE', 'CAROUSEL', $4, $5) RETURNING id)
                   INSERT INTO post_events (instagram_post_id, event, detail) SELECT id, 'published', $4 FROM post";
        tables.rows(sql, &[user, login, account, words, &request]).await;
        let tiktok = tables.tiktok_account(*user, &unique()).await;
        let sql = "INSERT INTO tiktok_posts (user_id, oauth_account_id, status, source, media_kind, request_json)
                   VALUES ($1, $2, 'PUBLISH_COMPLETE', 'FILE_UPLOAD', 'PHOTO', $3)";
        let shared = serde_json::json!({ "photoMediaIds": [files[1]] });
        tables.rows(sql, &[user, &tiktok, &shared]).await;
        tables
            .run(&format!(
                "INSERT INTO sync_cursors (oauth_account_id, resource) VALUES ({login}, 'accounts');
                 INSERT INTO sync_cursors (instagram_account_id, resource) VALUES ({account}, 'media');
                 INSERT INTO pending_revocations (user_id, oauth_account_id, provider, login_kind, open_id,
                                                  access_token_encrypted)
                 VALUES ({user}, {login}, 'instagram', 'facebook_login', '{id}', 'sealed');
                 INSERT INTO auth_audit_log (user_id, event, provider, oauth_account_id, outcome, ip, user_agent)
                 VALUES ({user}, 'connected', 'instagram', {login}, 'success', '203.0.113.9', '{words}')"
            ))
            .await;
        self.events(tables, page).await;
    }

    /// A post with a file of its own.
    pub(super) async fn post(&self, tables: &Tables) {
        let Self { words, user, login, account, .. } = self;
        let request = serde_json::json!({ "caption": words, "mediaId": self.files(tables).await[0] });
        let sql = "INSERT INTO instagram_posts (user_id, oauth_account_id, instagram_account_id, status, media_type,
                                                caption, request_json)
                   VALUES ($1, $2, $3, 'PUBLISH_COMPLETE', 'IMAGE', $4, $5)";
        tables.rows(sql, &[user, login, account, words, &request]).await;
    }

    async fn comment(&self, tables: &Tables, account: i32, media: i32, from_id: Option<&str>, from: Option<&str>) {
        let sql = "INSERT INTO ig_comments (instagram_account_id, ig_media_id, ig_id, from_id, from_user, text)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        tables.rows(sql, &[&account, &media, &unique(), &from_id, &from, &self.words]).await;
    }

    /// Two files: one that only the person's post uses, and one that another post uses as well.
    pub(super) async fn files(&self, tables: &Tables) -> [i64; 2] {
        let sql =
            "INSERT INTO media_uploads (user_id, object_key, content_type, size, checksum, status, etag, expires_at,
                                              delete_after)
                   SELECT $1, 'media/' || $2 || number, 'image/jpeg', 1, 'AAAAAA==', 'stored', 'etag', now(),
                          now() + INTERVAL '1 day'
                     FROM generate_series(1, 2) AS number RETURNING id";
        let rows = tables.rows(sql, &[&self.user, &unique()]).await;
        [rows[0].get(0), rows[1].get(0)]
    }

    /// Applied, waiting, poisonous with raw bytes, by the Page, and of another account: written by the person, by id and by
    /// name, the last in raw bytes.
    async fn events(&self, tables: &Tables, page: &str) {
        let Self { ig_id, words, .. } = self;
        let sql =
            "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, payload_raw,
                                               applied_at, waits_for, error_message, author_id, author_name, author_read)
                   VALUES ('instagram', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, TRUE)";
        let payload = serde_json::json!({ "field": "comments", "value": { "text": words } });
        let stored = serde_json::json!({ "stored_in": "payload_raw" });
        let (by_id, by_name) = ((Some(ig_id.as_str()), None), (Some("scoped"), Some(words.as_str())));
        let unsaid = (None, None);
        let now = Some(time::OffsetDateTime::now_utc());
        let (none, waits, wrong) = (None::<&str>, Some("ig_media:1"), Some("refused"));
        let raw = Some(words.as_bytes());
        let stranger = unique();
        let events = [
            ("comments", ig_id.as_str(), &payload, None, now, none, none, unsaid),
            ("comments", ig_id, &payload, None, None, waits, none, unsaid),
            ("poison", ig_id, &stored, raw, now, none, wrong, unsaid),
            ("mentions", page, &payload, None, now, none, none, unsaid),
            ("comments", &stranger, &payload, None, now, none, none, by_id),
            ("comments", &stranger, &payload, None, now, none, none, by_name),
            ("poison", &stranger, &stored, raw, now, none, wrong, by_name),
        ];
        for (kind, subject, json, raw, at, waits, error, (id, name)) in events {
            tables.rows(sql, &[&kind, &unique(), &subject, json, &raw, &at, &waits, &error, &id, &name]).await;
        }
    }

    /// Every row of every table that names the person or says one of their words, as text or as bytes.
    pub(super) async fn traces(&self, tables: &Tables) -> Vec<String> {
        let names = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
        let mut found = Vec::new();
        for table in tables.rows(names, &[]).await.iter().map(|row| row.get::<_, String>(0)) {
            for word in [&self.id, &self.ig_id, &self.page, &self.words] {
                let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
                let sql =
                    format!("SELECT t::text FROM {table} t WHERE t::text LIKE '%{word}%' OR t::text LIKE '%{hex}%'");
                let rows = tables.rows(&sql, &[]).await;
                found.extend(rows.iter().map(|row| format!("{table}: {}", row.get::<_, &str>(0))));
            }
        }
        found
    }
}
