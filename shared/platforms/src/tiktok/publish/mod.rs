//! Publishing: TikTok's Content Posting API, as far as a video that we send ourselves needs it.
//!
//! An init creates the post, the chunks of the file follow one after the other, and status/fetch tells what became of it.
//! Nothing here repeats what may have happened: whoever keeps the state decides that, by
//! [`Outcome`](crate::verdict::Outcome).

pub mod chunk;
pub mod chunks;
pub mod creator_info;
pub mod init;
pub mod post;
pub mod status;
pub mod target;

mod metered;
