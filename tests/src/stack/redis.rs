//! Redis: a real server, in memory only.

use std::path::Path;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Site;
use super::guard::StopSignal;
use super::ports::free_port;
use super::process::{Process, guarded};

/// A running Redis.
#[derive(Debug)]
pub(super) struct Redis {
    /// On 127.0.0.1.
    pub port: u16,
    _process: Process,
}

impl Redis {
    /// Starts the tools' server on a free port.
    pub(super) async fn start(site: &Site<'_>, tools: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut command = guarded(StopSignal::Kill, tools.join("bin/redis-server"))?;
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        let mut process = site.processes.start("Redis", command, &site.folder.log("redis"))?;
        process.ready(|| async { answers(port).await.is_ok() }).await?;
        Ok(Self { port, _process: process })
    }

    /// The address for functions, tools and tests.
    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

async fn answers(port: u16) -> Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"PING\r\n").await?;
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).await?;
    anyhow::ensure!(answer == *b"+PONG\r\n");
    Ok(())
}
