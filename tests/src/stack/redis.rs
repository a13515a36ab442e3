//! Redis: a real server that starts empty, and keeps a record of every write for whoever looks for secrets in it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::Site;
use super::folder::redis_record;
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
    record: PathBuf,
    port: u16,
}

impl Redis {
    /// Starts the tools' server on a free port.
    pub(super) async fn start(site: &Site<'_>, tools: &Path) -> Result<Self> {
        let executable = tools.join("bin/redis-server");
        let record = redis_record(site.folder.path());
        fs::create_dir(&record)?;
        let server = Server { executable, log: site.folder.log("redis"), record, port: free_port()? };
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
        command.args(["--bind", "127.0.0.1", "--port", &port, "--save", ""]);
        // Never rewritten, or what has expired would be gone from it.
        command.args(["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"]);
        command.arg("--dir").arg(self.new_record()?);
        let mut process = processes.start("Redis", command, &self.log)?;
        process.ready(|| async { self.answers().await.is_ok() }).await?;
        Ok(process)
    }

    /// A folder that no earlier start has written to, for the server reads what it finds there.
    fn new_record(&self) -> Result<PathBuf> {
        let folder = self.record.join(fs::read_dir(&self.record)?.count().to_string());
        fs::create_dir(&folder)?;
        Ok(folder)
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
