//! Writing a post that is taken on: all of it in one transaction.

use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;

use super::{Checked, Word};
use crate::{
    domain::{MediaKind, Mode, PostId, PostStatus, Source, TikTokUpload, catalogue::ErrorCode},
    services::{
        idempotency::KeyError,
        posts::{Problem, UploadError, UploadRequest, Uploads, take::Named},
        publish::pauses::{AFTER_A_QUOTA, FOR_QUOTAS},
    },
    store::{
        self, Attempts, StoreError,
        idempotency_keys::KeptAnswer,
        new_posts::{NewTikTokPost, Start},
    },
};

/// When a post whose message was lost gets another one.
const MESSAGE: Duration = Duration::from_secs(60);
/// How long a file is kept after its post's time: as long as quotas are waited for, the last time just before that is over,
/// and for the attempt after it.
const KEPT_AFTER: Duration = FOR_QUOTAS.saturating_add(AFTER_A_QUOTA).saturating_add(Duration::from_hours(24));

/// `{ postId, status }`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    post_id: PostId,
    status: PostStatus,
}

impl Uploads {
    pub(in super::super) async fn take_tiktok(
        &self,
        request: &UploadRequest<'_>,
        upload: &TikTokUpload,
        named: Named<'_>,
    ) -> Result<KeptAnswer, UploadError> {
        let Checked { problems, total_bytes, held_for } = self.check_tiktok(request.owner, upload, Word::Fresh).await?;
        if !problems.is_empty() {
            return Err(UploadError::Problems(problems));
        }
        let new = NewTikTokPost {
            owner: request.owner,
            account: upload.account,
            kind: MediaKind::Video,
            mode: Mode::DirectPost,
            source: Source::FileUpload,
            title: upload.post.title.as_deref(),
            request: &request.body,
            total_bytes,
            start: start(upload.publish_at, held_for),
            correlation_id: request.correlation_id.as_ref(),
        };
        let (post, answer) = self.write_tiktok(&new, upload, named).await?;
        self.wake(request, post, new.start.status()).await;
        Ok(answer)
    }

    async fn write_tiktok(
        &self,
        new: &NewTikTokPost<'_>,
        upload: &TikTokUpload,
        named: Named<'_>,
    ) -> Result<(PostId, KeptAnswer), UploadError> {
        let mut attempts = Attempts::default();
        loop {
            match Box::pin(self.try_write_tiktok(new, upload, named)).await {
                Err(UploadError::Store(error)) if attempts.allow_another(&error) => {}
                written => return written,
            }
        }
    }

    /// Everything that is written, in one transaction.
    async fn try_write_tiktok(
        &self,
        new: &NewTikTokPost<'_>,
        upload: &TikTokUpload,
        named: Named<'_>,
    ) -> Result<(PostId, KeptAnswer), UploadError> {
        let mut connection = self.tokens.database.connection().await?;
        let transaction = connection.transaction().await.map_err(StoreError::from)?;
        let until = needed_until(new.start, OffsetDateTime::now_utc());
        if store::media_uploads::keep(&transaction, new.owner, &[upload.media], until).await? != 1 {
            let gone = Problem::new(ErrorCode::MediaExpired, "mediaId", "the file was deleted just now");
            return Err(UploadError::Problems(vec![gone]));
        }
        let post = store::new_posts::insert_tiktok(&transaction, new).await?;
        let answer = accepted(post, new.start.status());
        let (request, claim) = named;
        if !store::idempotency_keys::keep(&transaction, request.keyed(), claim, &answer).await? {
            return Err(KeyError::InFlight(Duration::from_secs(1)).into());
        }
        transaction.commit().await.map_err(StoreError::from)?;
        Ok((post, answer))
    }
}

/// A quota that is used up now says nothing of a later day.
pub(super) fn start(publish_at: Option<OffsetDateTime>, held_for: Option<ErrorCode>) -> Start {
    match (publish_at, held_for) {
        (Some(time), _) => Start::At(time),
        (None, Some(code)) => Start::Held(code, AFTER_A_QUOTA),
        (None, None) => Start::AtOnce(MESSAGE),
    }
}

/// Until when the post's file must stay.
pub(super) fn needed_until(start: Start, now: OffsetDateTime) -> OffsetDateTime {
    let begins = match start {
        Start::AtOnce(_) => now,
        Start::At(time) => time,
        Start::Held(_, pause) => now + pause,
    };
    begins + KEPT_AFTER
}

fn accepted(post_id: PostId, status: PostStatus) -> KeptAnswer {
    let body = serde_json::to_string(&Accepted { post_id, status });
    let body = body.unwrap_or_else(|error| unreachable!("a number and a word: {error}"));
    KeptAnswer { status: 202, body }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:30 UTC);

    #[test]
    fn a_post_begins_at_its_time_or_when_its_quota_allows_it_or_at_once() {
        let later = datetime!(2026-11-25 9:00 UTC);
        let cap = Some(ErrorCode::TooManyPosts);
        let statuses = [(None, None), (Some(later), None), (None, cap), (Some(later), cap)]
            .map(|(time, cap)| start(time, cap).status().as_str());
        assert_eq!(statuses, ["QUEUED", "SCHEDULED", "HELD", "SCHEDULED"]);
    }

    #[test]
    fn a_file_is_kept_for_more_than_a_week_after_its_posts_time() {
        assert_eq!(needed_until(start(None, None), NOW), datetime!(2026-12-01 09:30 UTC));
        let later = datetime!(2026-12-20 9:00 UTC);
        assert_eq!(needed_until(start(Some(later), None), NOW), datetime!(2026-12-29 9:00 UTC));
        assert_eq!(needed_until(start(None, Some(ErrorCode::TooManyPosts)), NOW), datetime!(2026-12-02 09:30 UTC));
    }

    #[test]
    fn the_answer_names_the_post_and_its_status() {
        let answer = accepted(PostId(7), PostStatus::Queued);
        assert_eq!((answer.status, answer.body.as_str()), (202, r#"{"postId":7,"status":"QUEUED"}"#));
    }
}
