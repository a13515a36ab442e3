//! The words that everything else is written in.

mod account;
mod audit;
pub mod catalogue;
mod correlation;
mod data_deletion;
mod idempotency_key;
mod ids;
mod login;
mod media;
mod members;
mod page;
mod platform;
mod post;
pub(crate) mod published;
mod upload;
mod webhook_event;

pub use account::{Account, AccountStatus, InstagramAccount, StatusReason};
pub use audit::{AuthEvent, AuthEventKind, Visitor};
pub use correlation::CorrelationId;
pub use data_deletion::{DataDeletion, DeletionStatus};
pub use idempotency_key::{IdempotencyKey, MalformedKey};
pub use ids::{AccountId, MediaId, PostId, UserId};
pub use login::{Login, LoginKind, ReachedAccount, ReachedPage};
pub use media::{MediaStatus, MediaType};
pub use members::{Members, ShapeError};
pub use page::{Page, PageRequest};
pub use platform::Platform;
pub use post::PostStatus;
pub use published::{Post, PostEvent, Progress};
pub use upload::{MediaKind, Mode, Source, TikTokUpload, Upload, UploadShape};
pub use webhook_event::{
    AuthorizationRemoval, Change, InstagramComment, PostFailure, PublicPost, StoredEvent, TikTokPostReport,
    WebhookEvent,
};
