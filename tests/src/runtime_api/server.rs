//! The server of one sandbox, and the way from a caller's event to the function and back.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener as StdListener},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{body::Bytes, serve::ListenerExt};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use super::{
    Answer, FunctionError,
    operations::{Operations, Start, routes},
};

/// What came of an event.
pub(super) type Outcome = Result<Answer, FunctionError>;

/// An event on its way to the function.
#[derive(Debug)]
pub(super) struct Invocation {
    /// The event, as it goes over the wire.
    pub(super) event: Bytes,
    /// How long the function may take.
    pub(super) limit: Duration,
    /// Where its answer goes.
    pub(super) answer: oneshot::Sender<Outcome>,
}

/// A listening server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    events: mpsc::UnboundedSender<Invocation>,
    start: watch::Receiver<Start>,
    listener: JoinHandle<()>,
}

impl Server {
    /// Listens on a port of 127.0.0.1.
    pub(super) fn listen() -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // Without this the kernel holds small answers back.
        let listener = TcpListener::from_std(listener)?.tap_io(|stream| _ = stream.set_nodelay(true));
        let (events, inbox) = mpsc::unbounded_channel();
        let operations = Operations::new(inbox);
        let start = operations.start();
        let listener = tokio::spawn(async move {
            let _ = axum::serve(listener, routes(Arc::new(operations))).await;
        });
        Ok(Self { address, events, start, listener })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// When the function asked for its first event.
    pub(super) async fn first_poll(&self) -> Result<Instant, FunctionError> {
        let mut start = self.start.clone();
        let settled = start.wait_for(|start| !matches!(start, Start::Awaited)).await;
        match settled.map(|start| start.clone()) {
            Ok(Start::Polled(at)) => Ok(at),
            Ok(Start::Failed(report)) => Err(FunctionError::reported(&report)),
            Ok(Start::Awaited) | Err(_) => std::future::pending().await,
        }
    }

    /// Hands an event to the function as soon as it asks, and waits for what comes of it.
    pub(super) async fn invoke(&self, event: Bytes, limit: Duration) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        let _ = self.events.send(Invocation { event, limit, answer });
        match outcome.await {
            Ok(outcome) => outcome,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
