//! Seals tokens and opens them.

use std::{sync::Arc, time::Instant};

use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use platforms::secret::Secret;

use super::{
    Place, Sealed, VaultError,
    data_key::DataKey,
    envelope::{self, Envelope, Header},
    fetched::Fetched,
    kms::Kms,
    lease::Lease,
    opened::OpenedKeys,
};
use crate::config::{ConfigError, Vars};

/// Seals tokens for their places and opens them there. One per process: it keeps the data keys.
#[derive(Debug)]
pub struct Vault {
    kms: Kms,
    sealing: Fetched<Leased>,
    opened: OpenedKeys,
}

/// The data key that seals at present.
#[derive(Debug, Clone)]
struct Leased {
    key: Arc<(Header, Arc<DataKey>)>,
    lease: Lease,
}

impl Vault {
    /// `VAULT_KEY_ID`: the KMS key (its ARN, id or alias) that seals. What lies under another key opens as long as KMS
    /// lets us use that one. Connects when first used.
    ///
    /// # Errors
    /// The variable is missing.
    pub fn load(vars: &impl Vars, aws: &SdkConfig) -> Result<Self, ConfigError> {
        let kms = Kms::new(Client::new(aws), vars.required("VAULT_KEY_ID")?);
        Ok(Self { kms, sealing: Fetched::default(), opened: OpenedKeys::default() })
    }

    /// Seals a token for this place.
    ///
    /// # Errors
    /// See [`VaultError`]; a blank or impossibly large token is refused.
    pub async fn seal<T: Secret>(&self, token: &T, place: &Place<'_>) -> Result<Sealed<T>, VaultError> {
        envelope::check(token.expose())?;
        let leased = self.sealing.get(|leased| leased.lease.take(Instant::now()), self.lease()).await?;
        let (header, key) = &*leased.key;
        envelope::seal(token.expose(), header, key, place).map(Sealed::from_column)
    }

    /// Makes sure that a key to seal with is at hand, and will be for a while, before tokens are fetched that would be lost
    /// without one.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn prepare(&self) -> Result<(), VaultError> {
        self.sealing.get(|leased| leased.lease.has_reserve(Instant::now()), self.lease()).await.map(drop)
    }

    /// Opens a token in the place that it lies in.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn open<T: Secret>(&self, sealed: &Sealed<T>, place: &Place<'_>) -> Result<T, VaultError> {
        let envelope = Envelope::parse(sealed.as_str())?;
        let opened = self.opened.find(envelope.header(), Instant::now());
        let key = opened.get(|_| true, async { self.kms.unwrap(envelope.header()).await.map(Arc::new) }).await?;
        envelope.open(&key, place)
    }

    /// Whether a token lies under the key that seals at present. Doesn't tell whether it opens.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn is_current<T>(&self, sealed: &Sealed<T>) -> Result<bool, VaultError> {
        let envelope = Envelope::parse(sealed.as_str())?;
        let leased = self.sealing.get(|leased| leased.lease.is_young(Instant::now()), self.lease()).await?;
        Ok(envelope.header().key_id() == leased.key.0.key_id())
    }

    /// A new data key to seal with. What it seals opens here without a call.
    async fn lease(&self) -> Result<Leased, VaultError> {
        let now = Instant::now();
        let (header, key) = self.kms.generate().await?;
        let key = Arc::new(key);
        self.opened.insert(&header, Arc::clone(&key), now);
        Ok(Leased { key: Arc::new((header, key)), lease: Lease::start(now) })
    }
}
