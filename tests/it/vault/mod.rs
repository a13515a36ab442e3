//! The token vault with a real KMS behind it.

mod rewrap;
mod sealing;

use std::collections::HashMap;

use shared::{
    crypto::{Part, Place, Sealed, Vault},
    domain::{Platform, UserId},
};
use tests::stack::aws::sdk_config;

use crate::support::Settings;

platforms::secret! {
    /// What these tests seal.
    Token,
}

/// The vault of a new process that seals under this key, with KMS at `endpoint`.
fn vault(endpoint: &str, key: &str) -> Vault {
    let settings = Settings(HashMap::from([("VAULT_KEY_ID".to_owned(), key.to_owned())]));
    Vault::load(&settings, &sdk_config(endpoint)).unwrap()
}

/// Where a person's TikTok token lies.
fn tiktok_place<'a>(column: &'static str, user: i64, open_id: &'a str) -> Place<'a> {
    let (platform, user) = (Platform::TikTok, UserId(user));
    Place { table: "oauth_accounts", column, platform, user, open_id, part: Part::Login }
}

async fn seal(vault: &Vault, token: &str, place: &Place<'_>) -> Sealed<Token> {
    vault.seal(&Token::from(token.to_owned()), place).await.unwrap()
}
