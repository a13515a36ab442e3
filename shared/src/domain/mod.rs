//! The words that everything else is written in.

mod account;
pub mod catalogue;
mod correlation;
mod ids;
mod page;
mod platform;
mod post;
mod webhook_event;

pub use account::{Account, AccountStatus, InstagramAccount};
pub use correlation::CorrelationId;
pub use ids::{AccountId, UserId};
pub use page::{Page, PageRequest};
pub use platform::Platform;
pub use post::PostStatus;
pub use webhook_event::{
    AuthorizationRemoval, Change, InstagramComment, PublicPost, StoredEvent, TikTokPostReport, WebhookEvent,
};
