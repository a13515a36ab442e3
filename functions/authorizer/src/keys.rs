//! What tokens are verified with: the app's published keys, or one secret that it shares with us. Never both.

use aws_sdk_secretsmanager::Client;
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::Deserialize;
use shared::config::{ConfigError, SecretError, SecretReader, Vars, Versions, aws};

use crate::jwks::{Jwks, JwksError};

platforms::secret! {
    /// Signs the app's tokens with HS256.
    JwtSecret,
}

/// The JWT secret's JSON.
#[derive(Debug, Deserialize)]
pub(crate) struct SharedSecret {
    secret: JwtSecret,
}

/// A key and the algorithm that it's for.
pub(crate) type Candidate = (Algorithm, DecodingKey);

/// Where keys come from.
#[derive(Debug)]
pub(crate) enum Keys {
    Published(Jwks),
    Shared(SecretReader<SharedSecret>),
}

/// The keys can't be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The secret can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The published keys can't be read.
    #[error(transparent)]
    Jwks(#[from] JwksError),
}

impl Keys {
    pub(crate) async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let secret_id: String = vars.required("JWT_SECRET_ID")?;
        match vars.optional("JWT_JWKS_URL")? {
            Some(url) => Ok(Self::Published(Jwks::new(url)?)),
            None => Ok(Self::Shared(SecretReader::new(Client::new(&aws::load(vars)?), secret_id))),
        }
    }

    /// The keys that a token with this header may be signed with, each with the one algorithm that it's for.
    pub(crate) async fn candidates(&self, header: &Header) -> Result<Vec<Candidate>, KeyError> {
        match self {
            Self::Published(jwks) => Ok(jwks.find(header).await?.into_iter().collect()),
            Self::Shared(_) if header.alg != Algorithm::HS256 => Ok(Vec::new()),
            Self::Shared(secret) => Ok(symmetric(&*secret.get().await?)),
        }
    }

    /// As [`Self::candidates`], after none of those fitted: a shared secret may just have been rotated.
    pub(crate) async fn reread(&self, header: &Header) -> Result<Vec<Candidate>, KeyError> {
        match self {
            Self::Shared(secret) if header.alg == Algorithm::HS256 => Ok(symmetric(&*secret.reread().await?)),
            Self::Shared(_) | Self::Published(_) => Ok(Vec::new()),
        }
    }
}

/// The current secret, and the one before it: tokens signed with that live on until they end.
fn symmetric(versions: &Versions<SharedSecret>) -> Vec<Candidate> {
    let secrets = versions.iter().map(|shared| shared.secret.expose()).filter(|secret| !secret.is_empty());
    secrets.map(|secret| (Algorithm::HS256, DecodingKey::from_secret(secret.as_bytes()))).collect()
}
