//! The names that Meta knows: permissions of both logins, and fields that a Page or an Instagram account can be
//! subscribed to.

/// Always granted by Facebook Login.
pub(super) const PUBLIC_PROFILE: &str = "public_profile";

/// Always granted by Instagram Login.
pub(super) const INSTAGRAM_BASIC: &str = "instagram_business_basic";

/// Permissions of Facebook Login.
pub(super) const FACEBOOK: &[&str] = &[
    PUBLIC_PROFILE,
    "email",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_contents",
    "instagram_manage_insights",
    "instagram_manage_messages",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_metadata",
    "pages_messaging",
    "business_management",
    "ads_management",
    "ads_read",
];

/// Permissions of Instagram Login.
pub(super) const INSTAGRAM: &[&str] = &[
    INSTAGRAM_BASIC,
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
    "instagram_business_manage_messages",
];

/// Fields of a Page; none of Instagram's is among them.
pub(super) const PAGE_FIELDS: &[&str] = &[
    "feed",
    "mention",
    "name",
    "picture",
    "category",
    "description",
    "conversations",
    "leadgen",
    "ratings",
    "videos",
    "live_videos",
    "messages",
    "message_deliveries",
    "message_echoes",
    "message_reactions",
    "message_reads",
    "messaging_handovers",
    "messaging_optins",
    "messaging_postbacks",
    "messaging_referrals",
    "standby",
];

/// Fields of an Instagram account.
pub(super) const INSTAGRAM_FIELDS: &[&str] = &[
    "comments",
    "live_comments",
    "mentions",
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_handover",
    "messaging_optins",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "standby",
    "story_insights",
    "follow",
    "share_to_story",
    "story_reactions",
    "story_poll_response",
    "comment_poll_response",
    "delta",
    "onboarding_welcome_message_series",
];
