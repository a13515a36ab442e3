//! Orders to a running stack from outside: stop one of its servers, start it again. For tests of what happens when
//! PostgreSQL crashes or Redis is away.
//!
//! One order is one connection to an address that the stack leaves in its folder: `stop postgres`, answered by `done`
//! when it is done, or by what went wrong.

use std::fmt::{self, Display};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::folder::{control_file, require_stack};
use super::process::Processes;
use super::servers::Servers;

const DONE: &str = "done";

/// A server that may be away for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Server {
    /// Crashes when stopped; what was committed is there when it is back.
    Postgres,
    /// Comes back empty.
    Redis,
}

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// End it at once.
    Stop,
    /// Start it again on the same port.
    Start,
}

/// Gives an order to the stack in the folder and waits until it is carried out.
pub async fn order(folder: &Path, order: Order, server: Server) -> Result<()> {
    require_stack(folder)?;
    let address = tokio::fs::read_to_string(control_file(folder)).await?;
    let mut stream = TcpStream::connect(address).await.context("the stack doesn't listen")?;
    stream.write_all(format!("{order} {server}\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    match answer.as_str() {
        DONE => Ok(()),
        problem => bail!("cannot {order} {server}: {problem}"),
    }
}

/// Listens for orders until it is dropped.
#[derive(Debug)]
pub(super) struct Control {
    listener: JoinHandle<()>,
}

impl Control {
    /// Listens on a port of its own and leaves the address in the folder.
    pub(super) async fn start(folder: &Path, servers: Arc<Servers>, processes: Processes) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        tokio::fs::write(control_file(folder), listener.local_addr()?.to_string()).await?;
        let listener = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = answer(stream, &servers, &processes).await;
            }
        });
        Ok(Self { listener })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn answer(stream: TcpStream, servers: &Servers, processes: &Processes) -> Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let answer = match carry_out(&line, servers, processes).await {
        Ok(()) => DONE.to_owned(),
        Err(error) => format!("{error:#}"),
    };
    stream.write_all(answer.as_bytes()).await?;
    Ok(())
}

async fn carry_out(line: &str, servers: &Servers, processes: &Processes) -> Result<()> {
    let (order, server) = line.trim().split_once(' ').context("an order has two words")?;
    let order = Order::from_str(order, false).map_err(anyhow::Error::msg)?;
    let server = Server::from_str(server, false).map_err(anyhow::Error::msg)?;
    match (order, server) {
        (Order::Stop, Server::Postgres) => servers.postgres.stop().await,
        (Order::Start, Server::Postgres) => servers.postgres.start_again(processes).await,
        (Order::Stop, Server::Redis) => servers.redis.stop().await,
        (Order::Start, Server::Redis) => servers.redis.start_again(processes).await,
    }
}

impl Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        })
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop => "stop",
            Self::Start => "start",
        })
    }
}
