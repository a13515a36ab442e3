//! The platforms: simulators inside the stack's process, or the addresses that the environment names.

use std::env;
use std::net::Ipv4Addr;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// TikTok and Meta, at the addresses that the functions are given.
#[derive(Debug)]
pub(super) struct Platforms {
    /// TikTok.
    pub tiktok: Platform,
    /// Meta.
    pub meta: Platform,
}

/// One platform.
#[derive(Debug)]
pub(super) struct Platform {
    /// Its base address, without a final slash.
    pub url: String,
    simulator: Option<JoinHandle<()>>,
}

impl Platforms {
    /// Starts a simulator for each platform that the environment doesn't name.
    pub(super) async fn start() -> Result<Self> {
        Ok(Self { tiktok: Platform::start("LOCAL_TIKTOK_URL").await?, meta: Platform::start("LOCAL_META_URL").await? })
    }
}

impl Platform {
    async fn start(variable: &str) -> Result<Self> {
        match env::var(variable) {
            Ok(url) if !url.is_empty() => Ok(Self { url: url.trim_end_matches('/').to_owned(), simulator: None }),
            _ => Self::simulate(Router::new().route("/health", get(|| async { "ok" }))).await,
        }
    }

    async fn simulate(router: Router) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let simulator = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, simulator: Some(simulator) })
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Some(simulator) = &self.simulator {
            simulator.abort();
        }
    }
}
