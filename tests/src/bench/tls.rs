//! TLS in front of the AWS that answers at once: on AWS every call is encrypted, and a first call pays for the handshake.

use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::stack::certificates::ServerIdentity;

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct TlsFront {
    port: u16,
    authority: PathBuf,
    listener: JoinHandle<()>,
}

impl TlsFront {
    /// Passes what comes in over TLS on to `url`, and leaves the certificate of its authority in `folder`.
    pub(super) async fn start(url: &str, folder: &Path) -> Result<Self> {
        let identity = ServerIdentity::issue()?;
        let authority = folder.join("authority.pem");
        fs::write(&authority, &identity.authority)?;
        let (acceptor, target) = (identity.acceptor()?, url.trim_start_matches("http://").to_owned());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, acceptor.clone(), target.clone()));
            }
        });
        Ok(Self { port, authority, listener })
    }

    /// The variables that lead a function here, ours and Node's.
    pub(super) fn environment(&self) -> Result<[(&'static str, String); 3]> {
        let authority = self.authority.to_str().context("the folder's name is not text")?;
        Ok([
            ("AWS_ENDPOINT_URL", format!("https://127.0.0.1:{}", self.port)),
            ("AWS_CA_BUNDLE", authority.to_owned()),
            ("NODE_EXTRA_CA_CERTS", authority.to_owned()),
        ])
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn pass(client: TcpStream, acceptor: TlsAcceptor, target: String) -> Result<()> {
    client.set_nodelay(true)?;
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(target).await?;
    server.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
