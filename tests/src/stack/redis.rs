//! Redis: a real server, in memory only.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::Site;
use super::guard::StopSignal;
use super::ports::free_port;
use super::process::{Process, Processes, guarded};

/// A running Redis.
#[derive(Debug)]
pub(super) struct Redis {
    server: Server,
    process: Mutex<Option<Process>>,
}

/// What the server is started with, again and again on the same port.
#[derive(Debug)]
struct Server {
    executable: PathBuf,
    log: PathBuf,
    port: u16,
}

impl Redis {
    /// Starts the tools' server on a free port.
    pub(super) async fn start(site: &Site<'_>, tools: &Path) -> Result<Self> {
        let executable = tools.join("bin/redis-server");
        let server = Server { executable, log: site.folder.log("redis"), port: free_port()? };
        let process = server.start(site.processes).await?;
        Ok(Self { server, process: Mutex::new(Some(process)) })
    }

    /// The address for functions, tools and tests.
    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.server.port)
    }

    /// Ends it at once.
    pub(super) async fn stop(&self) -> Result<()> {
        match self.process.lock().await.take() {
            Some(process) => process.stop().await,
            None => Ok(()),
        }
    }

    /// Starts it again, on the same port and empty.
    pub(super) async fn start_again(&self, processes: &Processes) -> Result<()> {
        let mut process = self.process.lock().await;
        if process.is_none() {
            *process = Some(self.server.start(processes).await?);
        }
        Ok(())
    }
}

impl Server {
    async fn start(&self, processes: &Processes) -> Result<Process> {
        let port = self.port.to_string();
        let mut command = guarded(StopSignal::Kill, &self.executable)?;
        command.args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"]);
        let mut process = processes.start("Redis", command, &self.log)?;
        process.ready(|| async { self.answers().await.is_ok() }).await?;
        Ok(process)
    }

    async fn answers(&self) -> Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).await?;
        ensure!(answer == *b"+PONG\r\n");
        Ok(())
    }
}
