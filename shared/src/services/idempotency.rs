//! Requests that are carried out once, however often they are sent: by the `Idempotency-Key` that they carry.
//!
//! ```text
//! claim    the key is this request's for half a minute, in a transaction of its own: two at once make one
//! keep     the answer, in the transaction of what the request writes: both are there, or neither
//! release  where nothing came of it, so that it can be sent again at once
//! ```
//!
//! A request that dies in between frees its key by its lock's end. Should it live on all the same, it finds the claim taken
//! when it wants to keep its answer, and writes nothing.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use tokio::time::timeout;

use crate::{
    domain::{IdempotencyKey, UserId},
    store::{
        Database, StoreError,
        idempotency_keys::{self, Claim, Claimed, KeptAnswer, Keyed},
    },
    telemetry::causes,
};

/// How often a key is claimed that is given back in that moment.
const TRIES: u32 = 3;

/// A request with its name.
#[derive(Debug)]
pub struct NamedRequest {
    owner: UserId,
    key: IdempotencyKey,
    hash: Vec<u8>,
}

/// A claim, or what makes one needless.
#[derive(Debug)]
pub enum Turn {
    /// It's this request's turn.
    Now(Claim),
    /// It was answered before.
    Answered(KeptAnswer),
}

/// It isn't this request's turn.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    Reused,
    /// A request with this key is being worked on, for so long at most.
    #[error("a request with this Idempotency-Key is being worked on")]
    InFlight(Duration),
    /// The token names a user that doesn't exist.
    #[error("there is no such user")]
    NoSuchUser,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NamedRequest {
    /// The owner's request to this route, with this body.
    pub fn new(owner: UserId, key: IdempotencyKey, route: &str, body: &[u8]) -> Self {
        let hash = digest(&SHA256, &[route.as_bytes(), b"\n", body].concat()).as_ref().to_vec();
        Self { owner, key, hash }
    }

    /// Claims the key.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub async fn claim(&self, database: &Database) -> Result<Turn, KeyError> {
        let connection = database.connection().await?;
        for _ in 0..TRIES {
            match idempotency_keys::claim(&connection, self.keyed()).await.map_err(no_such_user)? {
                Claimed::Now(claim) => return Ok(Turn::Now(claim)),
                Claimed::Answered(answer) => return Ok(Turn::Answered(answer)),
                Claimed::Reused => return Err(KeyError::Reused),
                Claimed::InFlight(left) => return Err(KeyError::InFlight(left)),
                Claimed::Gone => {}
            }
        }
        Err(KeyError::InFlight(Duration::from_secs(1)))
    }

    /// The key and the request, as the table has them.
    pub fn keyed(&self) -> Keyed<'_> {
        Keyed { owner: self.owner, key: &self.key, hash: &self.hash }
    }

    /// Gives the key back, within `patience`. Where that fails, the lock's end does it.
    pub async fn release(&self, database: &Database, claim: Claim, patience: Duration) {
        let released = async {
            let connection = database.connection().await?;
            idempotency_keys::release(&connection, self.keyed(), claim).await
        };
        let cause = match timeout(patience, released).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => causes(&error),
            Err(_) => "it took too long".to_owned(),
        };
        tracing::warn!(cause, "an idempotency key is held until its lock ends");
    }
}

fn no_such_user(error: StoreError) -> KeyError {
    if error.violates("idempotency_keys_user_id_fkey") { KeyError::NoSuchUser } else { error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(route: &str, body: &str) -> Vec<u8> {
        let key = "key".parse().unwrap();
        NamedRequest::new(UserId(1), key, route, body.as_bytes()).hash
    }

    #[test]
    fn a_request_is_its_route_and_its_body() {
        assert_eq!(hash("POST /a", "{}"), hash("POST /a", "{}"));
        assert_ne!(hash("POST /a", "{}"), hash("POST /a", "{ }"));
        assert_ne!(hash("POST /a", "{}"), hash("POST /b", "{}"));
    }
}
