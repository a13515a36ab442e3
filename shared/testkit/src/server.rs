//! A simulator's HTTP server, on a free port of this machine.

use std::{io, net::Ipv4Addr};

use axum::{Router, extract::DefaultBodyLimit};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves `router` on a free port.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) async fn start(router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            // `serve` never returns: it ends with the task.
            let _never = axum::serve(listener, router.layer(DefaultBodyLimit::disable())).await;
        });
        Ok(Self { url, task })
    }

    /// The base address, without a final slash.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
