//! Ids that can't be taken for one another.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident($inner:ty)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// `users.id`: a person of the CRM.
    UserId(i64),
    /// `oauth_accounts.id`: an account that a user connected.
    AccountId(i32),
    /// `tiktok_posts.id` or `instagram_posts.id`, as the platform beside it says.
    PostId(i32),
    /// `media_uploads.id`: a file that a user put into our bucket.
    MediaId(i64),
}
