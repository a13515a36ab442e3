//! TLS in front of a PostgreSQL that was built without it, as the one from the wheel is.
//!
//! A client asks for TLS with one fixed message before anything else. The front answers it, speaks TLS from there on,
//! and passes the rest through. A client that doesn't ask is passed through as it is.

use std::net::Ipv4Addr;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::stack::certificates::ServerIdentity;

/// `SSLRequest`: its length and its code.
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct TlsFront {
    port: u16,
    listener: JoinHandle<()>,
}

impl TlsFront {
    /// Listens on a port of its own and passes connections on to the server's.
    pub(super) async fn start(identity: &ServerIdentity, server: u16) -> Result<Self> {
        let acceptor = identity.acceptor()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, acceptor.clone(), server));
            }
        });
        Ok(Self { port, listener })
    }

    /// Where clients connect.
    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn serve(mut client: TcpStream, acceptor: TlsAcceptor, server: u16) -> Result<()> {
    client.set_nodelay(true)?;
    let mut opening = [0; TLS_REQUEST.len()];
    client.read_exact(&mut opening).await?;
    if opening != TLS_REQUEST {
        return pass(client, &opening, server).await;
    }
    client.write_all(b"S").await?;
    pass(acceptor.accept(client).await?, &[], server).await
}

/// Passes everything in both directions, after what was already read.
async fn pass(mut client: impl AsyncRead + AsyncWrite + Unpin, read: &[u8], server: u16) -> Result<()> {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await?;
    server.set_nodelay(true)?;
    server.write_all(read).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
