//! Transactions that lose to others.

use super::StoreError;

/// How often a transaction that lost to another one is run.
const ATTEMPTS: u32 = 5;

/// Runs a transaction again where it has lost to another one, a few times.
///
/// # Errors
/// The last run's, or one that another run wouldn't mend.
pub async fn retried<T>(mut run: impl AsyncFnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut attempts = Attempts::default();
    loop {
        // Boxed: the state of all its statements at once is large, and would be part of every future around it.
        match Box::pin(run()).await {
            Err(error) if attempts.allow_another(&error) => {}
            result => return result,
        }
    }
}

/// How often a transaction was run: for loops of a request's handler, whose futures no closure may be part of.
#[derive(Debug, Default)]
pub struct Attempts(u32);

impl Attempts {
    /// Whether the transaction that failed with this is worth another run.
    pub fn allow_another(&mut self, error: &StoreError) -> bool {
        self.0 += 1;
        error.is_conflict() && self.0 < ATTEMPTS
    }
}
