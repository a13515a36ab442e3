//! A value that is fetched once for all who want it at the same time.

use std::time::Instant;

use tokio::sync::Mutex;

use super::VaultError;

/// A value from KMS: whoever comes first fetches it, the others wait for what comes of it.
#[derive(Debug)]
pub(super) struct Fetched<T>(Mutex<State<T>>);

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    failure: Option<(Instant, VaultError)>,
}

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self(Mutex::new(State { value: None, failure: None }))
    }
}

impl<T: Clone> Fetched<T> {
    /// One that needn't be fetched.
    pub(super) fn already(value: T) -> Self {
        Self(Mutex::new(State { value: Some(value), failure: None }))
    }

    /// The value if it's still `good`, or what `fetch` brings. Who waited while a fetch failed fails with it: in an
    /// outage a hundred callers wait for one timeout together, not for a hundred in a row.
    pub(super) async fn get(
        &self,
        good: impl FnOnce(&mut T) -> bool,
        fetch: impl Future<Output = Result<T, VaultError>>,
    ) -> Result<T, VaultError> {
        let asked = Instant::now();
        let mut state = self.0.lock().await;
        if let Some(value) = state.value.as_mut()
            && good(value)
        {
            return Ok(value.clone());
        }
        if let Some((at, failure)) = &state.failure
            && *at >= asked
        {
            return Err(failure.clone());
        }
        state.value = None;
        let fetched = fetch.await;
        state.value = fetched.as_ref().ok().cloned();
        state.failure = fetched.as_ref().err().map(|error| (Instant::now(), error.clone()));
        fetched
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::{sync::oneshot, task::yield_now};

    use super::*;

    /// Starts three callers while the first one's fetch is under way, then lets it end like this.
    async fn three_at_once(end: Result<u32, VaultError>) -> ([Result<u32, VaultError>; 3], u32) {
        let (fetched, fetches) = (Fetched::default(), AtomicU32::new(0));
        let (finish, finished) = oneshot::channel();
        let first = fetched.get(|_| true, async {
            fetches.fetch_add(1, Ordering::SeqCst);
            finished.await.unwrap()
        });
        let further = || {
            fetched.get(|_| true, async {
                fetches.fetch_add(1, Ordering::SeqCst);
                Ok(0)
            })
        };
        let finish = async {
            yield_now().await;
            finish.send(end).unwrap();
        };
        let (first, second, third, ()) = tokio::join!(first, further(), further(), finish);
        ([first, second, third], fetches.into_inner())
    }

    #[tokio::test]
    async fn who_comes_while_it_is_fetched_shares_what_comes() {
        let (answers, fetches) = three_at_once(Ok(7)).await;
        assert_eq!((answers, fetches), ([Ok(7), Ok(7), Ok(7)], 1));
    }

    #[tokio::test]
    async fn who_comes_while_it_is_fetched_shares_a_failure_and_the_next_tries_again() {
        let failure = || Err(VaultError::Unavailable("timeout".to_owned()));
        let (answers, fetches) = three_at_once(failure()).await;
        assert_eq!((answers, fetches), ([failure(), failure(), failure()], 1));

        let fetched = Fetched::default();
        assert_eq!(fetched.get(|_| true, async { failure() }).await, failure());
        assert_eq!(fetched.get(|_| true, async { Ok(1) }).await, Ok(1));
    }

    #[tokio::test]
    async fn what_is_no_longer_good_is_fetched_again() {
        let fetched = Fetched::already(1);
        assert_eq!(fetched.get(|_| true, async { Ok(2) }).await, Ok(1));
        assert_eq!(fetched.get(|_| false, async { Ok(2) }).await, Ok(2));
    }
}
