//! One connection, made when first needed, given up quickly.

use std::time::{Duration, Instant};

use redis::{AsyncConnectionConfig, Client, RedisError, aio::MultiplexedConnection};
use tokio::sync::Mutex;

use crate::config::{ConfigError, Vars};

/// What a request may lose to Redis at most, when it's slow.
const TIMEOUT: Duration = Duration::from_millis(150);
/// After a failure nobody asks again for this long, so that an outage doesn't cost every request its timeout.
const PAUSE: Duration = Duration::from_secs(2);

/// A Redis that may be away.
#[derive(Debug)]
pub struct Cache {
    client: Client,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Idle,
    Connected(MultiplexedConnection),
    Away { until: Instant },
}

/// Redis is away, slow or full.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// A call failed.
    #[error("Redis did not answer as it should")]
    Failed(#[from] RedisError),
    /// A call failed just now, so this one wasn't made.
    #[error("Redis failed a moment ago")]
    Away,
}

impl Cache {
    /// `REDIS_URL`: `redis://host:port` or, with TLS, `rediss://host:port`. Connects when first used.
    ///
    /// # Errors
    /// The variable is missing or no such address.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let url: String = vars.required("REDIS_URL")?;
        let client = Client::open(url).map_err(|_| ConfigError::Malformed("REDIS_URL"))?;
        Ok(Self { client, state: Mutex::new(State::Idle) })
    }

    /// Whether Redis answers.
    ///
    /// # Errors
    /// It doesn't.
    pub async fn ping(&self) -> Result<(), CacheError> {
        self.run(async |connection| redis::cmd("PING").query_async(connection).await).await
    }

    /// Runs one command or script, within [`TIMEOUT`] for connecting and for the answer each.
    pub(super) async fn run<T>(
        &self,
        command: impl AsyncFnOnce(&mut MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Result<T, CacheError> {
        let mut connection = self.connection().await?;
        let answer = command(&mut connection).await;
        if answer.as_ref().is_err_and(|error| !matches!(error.kind(), redis::ErrorKind::Server(_))) {
            self.pause().await;
        }
        Ok(answer?)
    }

    async fn connection(&self) -> Result<MultiplexedConnection, CacheError> {
        let mut state = self.state.lock().await;
        match &*state {
            State::Connected(connection) => return Ok(connection.clone()),
            State::Away { until } if Instant::now() < *until => return Err(CacheError::Away),
            State::Idle | State::Away { .. } => {}
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(TIMEOUT)).set_response_timeout(Some(TIMEOUT));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                *state = State::Connected(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                *state = State::Away { until: Instant::now() + PAUSE };
                Err(error.into())
            }
        }
    }

    async fn pause(&self) {
        *self.state.lock().await = State::Away { until: Instant::now() + PAUSE };
    }
}
