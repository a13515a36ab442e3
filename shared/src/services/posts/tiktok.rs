//! Whether a post may be made on TikTok: what is said, the account, the file, and what TikTok says of the creator now.

mod creator;
mod rules;
mod word;
mod write;

pub(super) use word::Word;

use time::OffsetDateTime;

use self::creator::Creator;
use super::{Problem, UploadError, Uploads};
use crate::{
    domain::{AccountId, MediaId, Platform, TikTokUpload, UserId, catalogue::ErrorCode},
    services::media::{MediaError, Usable},
    store::{self, accounts::Standing},
};

/// What was found.
#[derive(Debug)]
pub(super) struct Checked {
    /// Everything that is wrong.
    pub(super) problems: Vec<Problem>,
    /// How many bytes the file has.
    total_bytes: u64,
    /// The quota of TikTok's that is used up.
    held_for: Option<ErrorCode>,
}

impl Uploads {
    pub(super) async fn check_tiktok(
        &self,
        owner: UserId,
        upload: &TikTokUpload,
        word: Word,
    ) -> Result<Checked, UploadError> {
        let account = self.standing(owner, upload.account).await?;
        // Both to the end: a token that is being renewed isn't dropped for a file that isn't there.
        let (file, creator) =
            tokio::join!(self.file(owner, upload.media), self.allowed(word, owner, upload.account, &account));
        let (file, creator, now) = (file?, creator?, OffsetDateTime::now_utc());
        let held_for = creator.quota();
        let mut problems = rules::said(upload, creator.info(), now);
        match &file {
            Ok(file) => {
                problems.extend(rules::file(&file.facts, file.media.size, &upload.post, creator.info()));
                let until = write::needed_until(write::start(upload.publish_at, held_for), now);
                problems.extend(rules::kept(until, file.media.at_most_until));
            }
            Err(problem) => problems.push(problem.clone()),
        }
        problems.splice(0..0, creator.problem());
        Ok(Checked { problems, total_bytes: file.map_or(0, |file| file.media.size), held_for })
    }

    /// Whether the creator may post. An account that can't act isn't asked for.
    async fn allowed(
        &self,
        word: Word,
        owner: UserId,
        id: AccountId,
        account: &Standing,
    ) -> Result<Creator, UploadError> {
        match rules::account(account) {
            Some(creator) => Ok(creator),
            None => self.creator_by(word, owner, id, account).await,
        }
    }

    async fn standing(&self, owner: UserId, account: AccountId) -> Result<Standing, UploadError> {
        let connection = self.tokens.database.connection().await?;
        let standing = store::accounts::standing(&connection, owner, Platform::TikTok, account).await?;
        standing.ok_or(UploadError::NotFound("accountId"))
    }

    /// The file, or why it can't be used.
    async fn file(&self, owner: UserId, id: MediaId) -> Result<Result<Usable, Problem>, UploadError> {
        match self.media.usable(owner, id).await {
            Ok(file) => Ok(Ok(file)),
            Err(MediaError::NotFound) => Err(UploadError::NotFound("mediaId")),
            Err(error) if error.code().status().is_server_error() => Err(UploadError::Media(error)),
            Err(error) => Ok(Err(Problem::new(error.code(), "mediaId", error.to_string()))),
        }
    }
}
