//! How posts fare, where TikTok doesn't say or where it depends on the creator.

use serde::{Deserialize, Serialize};

/// `publishing` of `GET` and `PATCH /_simulator/settings`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tiktok) struct Publishing {
    /// Whether the app has passed TikTok's audit. Before, five people a day may post, for nobody else, to private accounts.
    pub(super) audited: bool,
    /// How many people may post through an audited app within 24 hours.
    pub(super) posting_people_per_day: usize,
    /// How many posts a person may make within 24 hours.
    pub(super) posts_per_day: usize,
    /// The usernames of those who may not post at all.
    pub(super) banned_people: Vec<String>,
    /// What creators may choose from; `null` for what their kind of account offers.
    pub(super) privacy_level_options: Option<Vec<String>>,
    /// Whether creators allow no comments.
    pub(super) comment_disabled: bool,
    /// Whether creators allow no duets.
    pub(super) duet_disabled: bool,
    /// Whether creators allow no stitches.
    pub(super) stitch_disabled: bool,
    /// The longest video that creators may post. Nobody looks into the bytes here: `fail_reason` is for that.
    pub(super) max_video_post_duration_sec: u32,
    /// Whether a token may call only so often within a minute.
    pub(super) enforces_rate_limits: bool,
    /// Chunk sizes that are refused although they keep the rules, as after a change that nobody has documented.
    pub(super) refused_chunk_sizes: Vec<u64>,
    /// How long an `upload_url` takes bytes.
    pub(super) upload_url_lifetime_s: i64,
    /// Whether a chunk that was already taken is taken again without effect, instead of 416.
    pub(super) accepts_repeated_chunk: bool,
    /// Whether an upload's `Content-Range` names the last byte that has arrived, instead of how many have.
    pub(super) reports_last_byte: bool,
    /// How long a whole file is worked on until it is posted; `null` for until a test says so.
    pub(super) processing_s: Option<u64>,
    /// How long it takes from then until what is for everybody is public; `null` for until a test says so.
    pub(super) moderation_s: Option<u64>,
    /// The `fail_reason` that posts fail for, once their file is whole; `null` for none.
    pub(super) fail_reason: Option<String>,
    /// Whether webhooks tell what becomes of posts by themselves.
    pub(super) webhooks: bool,
    /// The largest file whose bytes are kept for a test to read.
    pub(super) keeps_bytes_up_to: u64,
}

impl Default for Publishing {
    fn default() -> Self {
        Self {
            audited: true,
            posting_people_per_day: 1_000,
            posts_per_day: 15,
            banned_people: Vec::new(),
            privacy_level_options: None,
            comment_disabled: false,
            duet_disabled: false,
            stitch_disabled: false,
            max_video_post_duration_sec: 600,
            enforces_rate_limits: true,
            refused_chunk_sizes: Vec::new(),
            upload_url_lifetime_s: 3_600,
            accepts_repeated_chunk: false,
            reports_last_byte: false,
            processing_s: Some(1),
            moderation_s: Some(1),
            fail_reason: None,
            webhooks: true,
            keeps_bytes_up_to: 0,
        }
    }
}
