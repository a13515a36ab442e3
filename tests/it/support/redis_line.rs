//! A line to Redis that can be cut: to a function, Redis is then as good as stopped.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// A port that leads to Redis, or nowhere.
pub(crate) struct RedisLine {
    port: u16,
    target: Option<String>,
    connections: Arc<AtomicUsize>,
    server: AbortHandle,
}

impl RedisLine {
    /// A line to the Redis at `url`.
    pub(crate) async fn to(url: &str) -> Self {
        let target = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        Self::open(0, Some(target)).await
    }

    /// A line on which nobody ever answers.
    pub(crate) async fn silent() -> Self {
        Self::open(0, None).await
    }

    /// Its near end.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Closes every connection and refuses new ones.
    pub(crate) async fn cut(self) -> Self {
        self.server.abort();
        let refused = async || TcpStream::connect(("127.0.0.1", self.port)).await.is_err().then_some(());
        super::eventually("the line is cut", refused).await;
        self
    }

    /// Takes connections again, at the same port.
    pub(crate) async fn mend(self) -> Self {
        Self::open(self.port, self.target).await
    }

    async fn open(port: u16, target: Option<String>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let server = tokio::spawn(serve(listener, target.clone(), Arc::clone(&connections))).abort_handle();
        Self { port, target, connections, server }
    }
}

/// Aborting this drops its tasks and with them every connection.
async fn serve(listener: TcpListener, target: Option<String>, connections: Arc<AtomicUsize>) {
    let mut lines = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::SeqCst);
        let target = target.clone();
        lines.spawn(async move {
            match target {
                Some(target) => {
                    let mut far = TcpStream::connect(target).await.unwrap();
                    let _closed = copy_bidirectional(&mut near, &mut far).await;
                }
                None => std::future::pending().await,
            }
        });
    }
}
