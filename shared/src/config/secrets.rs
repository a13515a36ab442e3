//! Secrets Manager, read when first needed and kept for minutes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use aws_sdk_secretsmanager::{Client, error::DisplayErrorContext, operation::get_secret_value::GetSecretValueError};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

/// How long a copy is used without looking again.
const MAX_AGE: Duration = Duration::from_secs(300);
/// The least age at which a copy is read anew because it didn't work: whoever sends bad signatures can't make us ask
/// more often.
const MIN_AGE: Duration = Duration::from_secs(15);

/// One secret: JSON of the shape `T`.
#[derive(Debug)]
pub struct SecretReader<T> {
    client: Client,
    id: String,
    copy: Mutex<Option<Copy<T>>>,
}

/// A secret's current value, and the one before it while a rotation is under way. Either may be missing.
#[derive(Debug)]
pub struct Versions<T> {
    /// `AWSCURRENT`.
    pub current: Option<T>,
    /// `AWSPREVIOUS`.
    pub previous: Option<T>,
}

impl<T> Versions<T> {
    /// Both, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.current.iter().chain(&self.previous)
    }
}

#[derive(Debug)]
struct Copy<T> {
    versions: Arc<Versions<T>>,
    read_at: Instant,
}

impl<T: DeserializeOwned> SecretReader<T> {
    /// Reads the secret with this ARN or name through `client`, when first asked.
    pub fn new(client: Client, id: String) -> Self {
        Self { client, id, copy: Mutex::new(None) }
    }

    /// The versions, at most [`MAX_AGE`] old.
    ///
    /// # Errors
    /// Secrets Manager can't be reached or refuses, or the value isn't of the shape `T`.
    pub async fn get(&self) -> Result<Arc<Versions<T>>, SecretError> {
        self.newer_than(MAX_AGE).await
    }

    /// The versions, read anew unless that was done just now: for when the copy turned out not to work.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn reread(&self) -> Result<Arc<Versions<T>>, SecretError> {
        self.newer_than(MIN_AGE).await
    }

    /// Whether the copy was read, or is read anew, after this moment: then what was refused just now may work.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn read_since(&self, moment: Instant) -> Result<bool, SecretError> {
        self.reread().await?;
        Ok(self.copy.lock().await.as_ref().is_some_and(|copy| copy.read_at > moment))
    }

    async fn newer_than(&self, age: Duration) -> Result<Arc<Versions<T>>, SecretError> {
        let mut copy = self.copy.lock().await;
        if let Some(copy) = copy.as_ref().filter(|copy| copy.read_at.elapsed() < age) {
            return Ok(Arc::clone(&copy.versions));
        }
        let versions = match (self.both().await, copy.as_ref()) {
            (Ok(versions), _) => Arc::new(versions),
            (Err(error), None) => return Err(error),
            (Err(error), Some(old)) => {
                tracing::warn!(cause = %error, "the old copy of a secret serves on");
                Arc::clone(&old.versions)
            }
        };
        *copy = Some(Copy { versions: Arc::clone(&versions), read_at: Instant::now() });
        Ok(versions)
    }

    async fn both(&self) -> Result<Versions<T>, SecretError> {
        let (current, previous) = tokio::join!(self.read("AWSCURRENT"), self.read("AWSPREVIOUS"));
        // The previous version may be a slip that the current one has put right.
        let previous = previous.unwrap_or_else(|error| {
            tracing::warn!(cause = %error, "the previous version of a secret is passed over");
            None
        });
        Ok(Versions { current: current?, previous })
    }

    async fn read(&self, stage: &str) -> Result<Option<T>, SecretError> {
        // Boxed: the SDK's futures are deep, and nesting them overflows what the compiler follows.
        let call = Box::pin(self.client.get_secret_value().secret_id(&self.id).version_stage(stage).send());
        let answer = call.await;
        match answer.map_err(aws_sdk_secretsmanager::error::SdkError::into_service_error) {
            Ok(value) => self.parse(value.secret_string().unwrap_or_default()).map(Some),
            Err(GetSecretValueError::ResourceNotFoundException(_)) => Ok(None),
            Err(error) => Err(self.error(DisplayErrorContext(error).to_string())),
        }
    }

    fn parse(&self, json: &str) -> Result<T, SecretError> {
        // serde's message quotes what it met, which here may be the secret: only the place is told.
        serde_json::from_str(json).map_err(|error| {
            self.error(format!("not the documented JSON, see line {} column {}", error.line(), error.column()))
        })
    }

    fn error(&self, problem: String) -> SecretError {
        SecretError { id: self.id.clone(), problem }
    }
}

/// A secret could not be read. Never holds a value.
#[derive(Debug, thiserror::Error)]
#[error("the secret {id} could not be read: {problem}")]
pub struct SecretError {
    id: String,
    problem: String,
}
