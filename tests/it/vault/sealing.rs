//! Sealing and opening, with the calls to KMS that they cost.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_kms::{primitives::Blob, types::DataKeySpec};
use base64::{Engine, engine::general_purpose::STANDARD};
use shared::{
    crypto::{Part, Place, Sealed, Vault, VaultError},
    domain::{Platform, PostId, UserId},
};
use tokio::task::JoinSet;

use super::{Token, seal, tiktok_place, vault};
use crate::support::{AwsLine, World, unique};

const COLUMN: &str = "access_token_encrypted";

#[tokio::test]
async fn a_token_opens_in_another_process_and_only_in_its_place() {
    let world = World::open().await;
    let (endpoint, key) = (&world.stack.aws_endpoint_url, world.aws.new_key().await);
    let place = tiktok_place(COLUMN, 1, "ada");
    let sealed = seal(&vault(endpoint, &key), "act.token", &place).await;

    let next = vault(endpoint, &key);
    assert_eq!(next.open(&sealed, &place).await.unwrap().expose(), "act.token");
    let others = [
        Place { table: "pending_revocations", ..place },
        Place { column: "refresh_token_encrypted", ..place },
        Place { platform: Platform::Instagram, ..place },
        Place { user: UserId(2), ..place },
        Place { open_id: "grace", ..place },
        Place { part: Part::Page("134895793791914"), ..place },
        Place { part: Part::Post(PostId(7)), ..place },
    ];
    for other in others {
        assert_eq!(next.open(&sealed, &other).await.unwrap_err(), VaultError::Foreign, "{other:?}");
    }
}

#[tokio::test]
async fn what_one_run_seals_together_the_next_opens_with_a_call_for_each_thousand() {
    let world = World::open().await;
    let (kms, key) = (AwsLine::before(&world.stack.aws_endpoint_url).await, world.aws.new_key().await);
    let one = Arc::new(vault(kms.url(), &key));
    let mut seals = JoinSet::new();
    for number in 0..1500 {
        let one = Arc::clone(&one);
        seals.spawn(async move {
            let place = tiktok_place(COLUMN, number, "ada");
            (number, seal(&one, &number.to_string(), &place).await)
        });
    }
    let sealed = seals.join_all().await;
    assert_eq!(kms.calls("GenerateDataKey"), 2);
    let mut by_key = HashMap::new();
    for (_, sealed) in &sealed {
        *by_key.entry(wrapped_key(sealed)).or_default() += 1;
    }
    let mut uses: Vec<i32> = by_key.into_values().collect();
    uses.sort_unstable();
    assert_eq!(uses, [500, 1000]);

    open_all(one, sealed.clone()).await;
    assert_eq!(kms.calls("Decrypt"), 0, "what a process sealed, it opens by itself");
    open_all(Arc::new(vault(kms.url(), &key)), sealed).await;
    assert_eq!(kms.calls("Decrypt"), 2);
}

/// Opens all of them at once, each in its user's place.
async fn open_all(vault: Arc<Vault>, sealed: Vec<(i64, Sealed<Token>)>) {
    let mut opens = JoinSet::new();
    for (number, sealed) in sealed {
        let vault = Arc::clone(&vault);
        opens.spawn(async move {
            let token = vault.open(&sealed, &tiktok_place(COLUMN, number, "ada")).await.unwrap();
            assert_eq!(token.expose(), number.to_string());
        });
    }
    opens.join_all().await;
}

#[tokio::test]
async fn a_wrapped_key_opens_only_for_its_own_purpose() {
    let world = World::open().await;
    let key = world.aws.new_key().await;
    let (kms, vault) = (&world.aws.kms, vault(&world.stack.aws_endpoint_url, &key));
    let place = tiktok_place(COLUMN, 1, "ada");
    let sealed = seal(&vault, "act.token", &place).await;

    let decrypt = || kms.decrypt().key_id(&key).ciphertext_blob(Blob::new(wrapped_key(&sealed)));
    let opened = decrypt().encryption_context("purpose", "social-token-vault").send().await.unwrap();
    assert_eq!(opened.plaintext().unwrap().as_ref().len(), 32);
    for other in [decrypt(), decrypt().encryption_context("purpose", "another")] {
        let error = other.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_ciphertext_exception(), "{error:?}");
    }

    let generate = kms.generate_data_key().key_id(&key).key_spec(DataKeySpec::Aes256);
    let another = generate.encryption_context("purpose", "another").send().await.unwrap();
    let moved = with_wrapped_key(&sealed, another.ciphertext_blob().unwrap().as_ref());
    assert_eq!(vault.open(&moved, &place).await.unwrap_err(), VaultError::Foreign);
}

#[tokio::test]
async fn what_lies_under_an_older_key_opens_and_is_not_current() {
    let world = World::open().await;
    let (old, new) = (world.aws.new_key().await, world.aws.new_key().await);
    let (endpoint, alias) = (&world.stack.aws_endpoint_url, format!("alias/{}", unique()));
    world.aws.kms.create_alias().alias_name(&alias).target_key_id(&old).send().await.unwrap();
    let place = tiktok_place(COLUMN, 1, "ada");
    let before = vault(endpoint, &alias);
    let sealed = seal(&before, "act.token", &place).await;
    assert_eq!(before.is_current(&sealed).await, Ok(true));

    world.aws.kms.update_alias().alias_name(&alias).target_key_id(&new).send().await.unwrap();
    let after = vault(endpoint, &alias);
    assert_eq!(after.is_current(&sealed).await, Ok(false));
    assert_eq!(after.open(&sealed, &place).await.unwrap().expose(), "act.token");
    assert_eq!(after.is_current(&seal(&after, "act.token", &place).await).await, Ok(true));
}

#[tokio::test]
async fn a_disabled_key_refuses_and_a_missing_kms_is_unavailable() {
    let world = World::open().await;
    let (endpoint, key) = (&world.stack.aws_endpoint_url, world.aws.new_key().await);
    let place = tiktok_place(COLUMN, 1, "ada");
    let sealed = seal(&vault(endpoint, &key), "act.token", &place).await;
    let token = Token::from("act.token".to_owned());

    let away = vault("http://127.0.0.1:1", &key);
    assert!(matches!(away.seal(&token, &place).await, Err(VaultError::Unavailable(_))));
    assert!(matches!(away.open(&sealed, &place).await, Err(VaultError::Unavailable(_))));
    world.aws.kms.disable_key().key_id(&key).send().await.unwrap();
    let refused = vault(endpoint, &key);
    assert!(matches!(refused.seal(&token, &place).await, Err(VaultError::Refused(_))));
    assert!(matches!(refused.open(&sealed, &place).await, Err(VaultError::Refused(_))));
}

/// The wrapped data key in a sealed token.
fn wrapped_key(sealed: &Sealed<Token>) -> Vec<u8> {
    let bytes = STANDARD.decode(sealed.as_str()).unwrap();
    let key = wrapped_key_at(&bytes);
    bytes[key].to_vec()
}

/// The same, with another wrapped key.
fn with_wrapped_key(sealed: &Sealed<Token>, wrapped: &[u8]) -> Sealed<Token> {
    let mut bytes = STANDARD.decode(sealed.as_str()).unwrap();
    let key = wrapped_key_at(&bytes);
    bytes.splice(key, wrapped.iter().copied());
    Sealed::from_column(STANDARD.encode(bytes))
}

fn wrapped_key_at(bytes: &[u8]) -> std::ops::Range<usize> {
    let part = |at: usize| at + 2..at + 2 + usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
    part(part(1).end)
}
