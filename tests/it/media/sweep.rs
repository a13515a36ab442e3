//! Files whose time is over, in databases of their own.

use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};
use shared::{
    domain::{MediaId, UserId},
    media::BucketError,
    services::media::{MediaFiles, SweepError},
    store::media_uploads::keep,
};
use time::OffsetDateTime;
use tokio::time::{Duration, Instant};

use super::Desk;
use crate::support::{FunctionSandbox, OwnDatabase, unique};

/// A database of its own beside the bucket that all share.
struct Own {
    desk: Desk,
    database: OwnDatabase,
    user: i64,
    files: MediaFiles,
}

impl Own {
    async fn open() -> Self {
        let desk = Desk::open().await;
        let database = desk.world.new_database().await;
        let user = database.tables.user().await;
        let files = MediaFiles { database: database.database.clone(), bucket: desk.files.bucket.clone() };
        Self { desk, database, user, files }
    }

    /// A stored file that goes so many minutes from now, and whose upload address ends then.
    async fn file(&self, goes: i32, ends: i32) -> (MediaId, String) {
        let key = format!("media/{}/{}", self.user, unique());
        let put = self.desk.world.aws.s3.put_object().bucket(&self.desk.bucket).key(&key);
        put.body(ByteStream::from_static(b"x")).send().await.unwrap();
        let sql =
            "INSERT INTO media_uploads (user_id, object_key, content_type, size, checksum, status, etag, metadata,
                                              delete_after, expires_at)
                   VALUES ($1, $2, 'image/jpeg', 1, 'jNwbgw==', 'stored', 'etag', '{}',
                           now() + $3 * INTERVAL '1 minute', now() + $4 * INTERVAL '1 minute') RETURNING id";
        let rows = self.database.tables.rows(sql, &[&self.user, &key, &f64::from(goes), &f64::from(ends)]).await;
        (MediaId(rows[0].get(0)), key)
    }

    async fn round(&self) -> Value {
        let settings = [("DATABASE_NAME", self.database.name.as_str())];
        let updater = FunctionSandbox::start(&self.desk.world, "status-updater", settings).await;
        updater.invoke(json!({})).await
    }

    async fn is_there(&self, key: &str) -> bool {
        match self.files.bucket.head(key).await {
            Ok(_) => true,
            Err(BucketError::Gone) => false,
            Err(error) => panic!("{error}"),
        }
    }

    async fn status(&self, id: MediaId) -> String {
        self.database.tables.rows("SELECT status FROM media_uploads WHERE id = $1", &[&id.0]).await[0].get(0)
    }
}

#[tokio::test]
async fn the_round_deletes_files_whose_time_is_over_and_no_others() {
    let own = Own::open().await;
    let (over, over_key) = own.file(-1, -1).await;
    let (needed, needed_key) = own.file(60, -1).await;
    let (uploadable, uploadable_key) = own.file(-1, 30).await;

    assert_eq!(own.round().await["filesDeleted"], 1);

    assert_eq!((own.status(over).await.as_str(), own.is_there(&over_key).await), ("deleted", false));
    for (id, key) in [(needed, needed_key), (uploadable, uploadable_key)] {
        assert_eq!((own.status(id).await.as_str(), own.is_there(&key).await), ("stored", true));
    }
    assert_eq!(own.round().await["filesDeleted"], 0);
}

#[tokio::test]
async fn a_round_that_died_after_the_file_was_gone_is_made_good_by_the_next() {
    let own = Own::open().await;
    let (over, key) = own.file(-1, -1).await;
    own.files.bucket.delete(&key).await.unwrap();
    assert_eq!(own.round().await["filesDeleted"], 1);
    assert_eq!(own.status(over).await, "deleted");
}

#[tokio::test]
async fn a_file_that_can_not_be_deleted_is_not_said_to_be() {
    let mut own = Own::open().await;
    let (over, _) = own.file(-1, -1).await;
    let nowhere = tests::stack::aws::sdk_config("http://127.0.0.1:1");
    let settings = crate::support::Settings([("MEDIA_BUCKET".to_owned(), "nowhere".to_owned())].into());
    own.files.bucket = shared::media::Bucket::load(&settings, &nowhere).unwrap();
    let swept = own.files.sweep(Instant::now() + Duration::from_secs(60)).await;
    assert!(matches!(swept, Err(SweepError::Bucket(BucketError::Unavailable(_)))), "{swept:?}");
    assert_eq!(own.status(over).await, "stored");
}

#[tokio::test]
async fn a_file_that_can_not_be_deleted_keeps_no_other() {
    let own = Own::open().await;
    let (stuck, _) = own.file(-2, -1).await;
    own.database.tables.rows("UPDATE media_uploads SET object_key = '' WHERE id = $1", &[&stuck.0]).await;
    let (over, key) = own.file(-1, -1).await;
    let swept = own.files.sweep(Instant::now() + Duration::from_secs(60)).await;
    assert!(matches!(swept, Err(SweepError::Bucket(_))), "{swept:?}");
    assert_eq!((own.status(stuck).await.as_str(), own.status(over).await.as_str()), ("stored", "deleted"));
    assert!(!own.is_there(&key).await);
}

#[tokio::test]
async fn a_row_is_forgotten_a_month_after_its_file() {
    let own = Own::open().await;
    for days in [29, 31] {
        let (id, _) = own.file(60, -1).await;
        let sql =
            "UPDATE media_uploads SET status = 'deleted', deleted_at = now() - $2 * INTERVAL '1 day' WHERE id = $1";
        own.database.tables.rows(sql, &[&id.0, &f64::from(days)]).await;
    }
    own.round().await;
    assert_eq!(own.database.tables.rows("SELECT 1 FROM media_uploads", &[]).await.len(), 1);
}

#[tokio::test]
async fn a_post_keeps_its_files_unless_they_are_about_to_go() {
    let own = Own::open().await;
    let (needed, key) = own.file(11, -1).await;
    let (going, _) = own.file(9, -1).await;
    let until = OffsetDateTime::now_utc() + Duration::from_secs(3_600);
    let kept = async |user: i64, ids: &[MediaId]| {
        let mut connection = own.database.database.connection().await.unwrap();
        let transaction = connection.transaction().await.unwrap();
        let kept = keep(&transaction, UserId(user), ids, until).await.unwrap();
        transaction.commit().await.unwrap();
        kept
    };
    assert_eq!(kept(own.user, &[needed, going]).await, 1);
    let stranger = own.database.tables.user().await;
    assert_eq!(kept(stranger, &[needed]).await, 0);
    own.database.tables.run("UPDATE media_uploads SET delete_after = delete_after - INTERVAL '20 minutes'").await;
    assert_eq!(own.round().await["filesDeleted"], 1);
    assert!(own.is_there(&key).await);
}
