//! The connection pool: few connections, always over TLS, with credentials that may rotate.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio_postgres::{Config, config::SslMode, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::StoreError;
use crate::{
    config::{ConfigError, SecretReader, Vars, aws::AMAZON_ROOTS},
    telemetry::metrics,
};

/// A sandbox works on one request at a time; the second connection is for what happens beside it.
const POOL_SIZE: usize = 2;
const TIMEOUT: Duration = Duration::from_secs(4);

/// A connection, given back when dropped.
pub type Connection = Object;

platforms::secret! {
    /// Opens the database.
    DatabasePassword,
}

/// The database secret's JSON.
#[derive(Debug, Clone, Deserialize)]
struct Credentials {
    username: String,
    password: DatabasePassword,
    /// The certificates (PEM) of the authority that signed the server's, where that isn't Amazon's public one.
    ca: Option<String>,
}

impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        self.username == other.username && self.password.expose() == other.password.expose() && self.ca == other.ca
    }
}

/// The CRM's PostgreSQL. Clones share its pool.
#[derive(Debug, Clone)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    server: Config,
    secret: SecretReader<Credentials>,
    pool: Mutex<Option<(Credentials, Pool)>>,
}

impl Database {
    /// `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`: where it is. `DATABASE_SECRET_ID`: the secret with
    /// `{ username, password, ca? }`. Connects when first used.
    ///
    /// # Errors
    /// A variable is missing or malformed.
    pub fn load(vars: &impl Vars, aws: &aws_config::SdkConfig) -> Result<Self, ConfigError> {
        let mut server = Config::new();
        server
            .host(vars.required::<String>("DATABASE_HOST")?)
            .port(vars.required("DATABASE_PORT")?)
            .dbname(vars.required::<String>("DATABASE_NAME")?)
            .ssl_mode(SslMode::Require)
            .connect_timeout(TIMEOUT)
            .tcp_user_timeout(TIMEOUT * 2);
        let client = aws_sdk_secretsmanager::Client::new(aws);
        let secret = SecretReader::new(client, vars.required("DATABASE_SECRET_ID")?);
        Ok(Self(Arc::new(Inner { server, secret, pool: Mutex::new(None) })))
    }

    /// A connection, at most [`TIMEOUT`] after it's asked for. When the login is refused the credentials are read anew
    /// once: they may have been rotated.
    ///
    /// # Errors
    /// The database can't be reached, refuses us, or all connections are in use.
    pub async fn connection(&self) -> Result<Connection, StoreError> {
        let answer = match self.pool(false).await?.get().await {
            Err(error) if is_login_refused(&error) => self.pool(true).await?.get().await,
            answer => answer,
        };
        answer.map_err(|error| {
            let error = StoreError::from(error);
            if matches!(error, StoreError::PoolExhausted) {
                metrics::pool_exhausted();
            }
            error
        })
    }

    async fn pool(&self, reread: bool) -> Result<Pool, StoreError> {
        let versions = if reread { self.0.secret.reread().await } else { self.0.secret.get().await };
        let versions = versions.map_err(|error| StoreError::Unavailable(error.into()))?;
        let credentials =
            versions.current.as_ref().ok_or(StoreError::Unavailable("the database secret is empty".into()))?;
        let mut pool = self.0.pool.lock().await;
        match &*pool {
            Some((known, pool)) if known == credentials => Ok(pool.clone()),
            _ => {
                let new = self.build(credentials)?;
                *pool = Some((credentials.clone(), new.clone()));
                Ok(new)
            }
        }
    }

    fn build(&self, credentials: &Credentials) -> Result<Pool, StoreError> {
        let mut config = self.0.server.clone();
        config.user(&credentials.username).password(credentials.password.expose());
        // A frozen sandbox thaws with connections that the other side closed long ago: each is tried before its use.
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Verified };
        let manager = Manager::from_config(config, tls(credentials.ca.as_deref())?, recycling);
        Pool::builder(manager)
            .max_size(POOL_SIZE)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(TIMEOUT))
            .create_timeout(Some(TIMEOUT))
            .recycle_timeout(Some(TIMEOUT))
            .build()
            .map_err(|error| StoreError::Unavailable(error.into()))
    }
}

fn is_login_refused(error: &PoolError) -> bool {
    let PoolError::Backend(error) = error else { return false };
    matches!(error.code(), Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION))
}

/// TLS that verifies the server against Amazon's roots (RDS Proxy's) and those of the secret.
fn tls(ca: Option<&str>) -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    for pem in [Some(AMAZON_ROOTS), ca].into_iter().flatten() {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
            roots.add(certificate).map_err(|error| StoreError::Unavailable(error.into()))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Unavailable(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
