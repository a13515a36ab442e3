//! PostgreSQL: a real server with TLS and password logins, started empty, fast rather than durable.
//!
//! The functions' role is not a superuser: it may do what the master user of RDS may.

mod binaries;
mod tls_front;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::sync::Mutex;
use tokio_postgres::NoTls;

use self::binaries::{Binaries, SERVER_USER};
use self::tls_front::TlsFront;
use super::Site;
use super::certificates::ServerIdentity;
use super::guard::StopSignal;
use super::ports::free_port;
use super::process::{Process, Processes};
use super::random::random_hex;

const DATABASE: &str = "social";
const ROLE: &str = "social";

/// A running PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgres {
    /// How the functions reach it.
    pub(super) access: DatabaseAccess,
    server: Server,
    process: Mutex<Option<Process>>,
    _front: Option<TlsFront>,
}

/// What a client needs.
#[derive(Debug, Clone)]
pub(super) struct DatabaseAccess {
    /// On 127.0.0.1.
    pub port: u16,
    /// The database.
    pub name: &'static str,
    /// The role that owns it.
    pub username: &'static str,
    /// The role's password.
    pub password: String,
    /// The PEM certificate of the authority behind the server's certificate.
    pub authority: String,
}

/// What the server is started with, again and again on the same port.
#[derive(Debug)]
struct Server {
    binaries: Binaries,
    data: PathBuf,
    log: PathBuf,
    port: u16,
    superuser_password: String,
}

impl Postgres {
    /// Creates a cluster in the stack's folder and starts it.
    pub(super) async fn start(site: &Site<'_>, tools: &Path) -> Result<Self> {
        let identity = ServerIdentity::issue()?;
        let server = Server::create(site, tools, &identity).await?;
        let process = server.start(site.processes).await?;
        let front = match server.binaries.speak_tls {
            true => None,
            false => Some(TlsFront::start(&identity, server.port).await?),
        };
        let port = front.as_ref().map_or(server.port, TlsFront::port);
        let access = server.grant_access(port, identity.authority).await?;
        Ok(Self { access, server, process: Mutex::new(Some(process)), _front: front })
    }

    /// Ends it at once, as a crash would.
    pub(super) async fn stop(&self) -> Result<()> {
        match self.process.lock().await.take() {
            Some(process) => process.stop().await,
            None => Ok(()),
        }
    }

    /// Starts it again, on the same port with the same data.
    pub(super) async fn start_again(&self, processes: &Processes) -> Result<()> {
        let mut process = self.process.lock().await;
        if process.is_none() {
            *process = Some(self.server.start(processes).await?);
        }
        Ok(())
    }
}

impl DatabaseAccess {
    /// The address for tools and tests.
    pub(super) fn url(&self) -> String {
        format!("postgres://{}:{}@127.0.0.1:{}/{}", self.username, self.password, self.port, self.name)
    }
}

impl Server {
    async fn create(site: &Site<'_>, tools: &Path, identity: &ServerIdentity) -> Result<Self> {
        let server = Self {
            binaries: Binaries::find(tools).await?,
            data: site.folder.data().join("postgres"),
            log: site.folder.log("postgres"),
            port: free_port()?,
            superuser_password: random_hex(16)?,
        };
        server.initialise(site.processes, &site.folder.data()).await?;
        server.install(identity)?;
        Ok(server)
    }

    async fn initialise(&self, processes: &Processes, scratch: &Path) -> Result<()> {
        fs::create_dir(&self.data)?;
        own(&self.data, 0o700)?;
        let password_file = scratch.join("postgres-password");
        fs::write(&password_file, &self.superuser_password)?;
        let mut initdb = self.binaries.command("initdb", StopSignal::Term)?;
        initdb.args(["--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]);
        initdb.arg("--no-sync").arg("--pwfile").arg(&password_file).arg("--pgdata").arg(&self.data);
        processes.complete("initdb", initdb, &self.log).await?;
        fs::remove_file(password_file).context("the password file is gone")
    }

    fn install(&self, identity: &ServerIdentity) -> Result<()> {
        for (name, pem) in [("server.crt", &identity.certificate), ("server.key", &identity.key)] {
            fs::write(self.data.join(name), pem)?;
            own(&self.data.join(name), 0o600)?;
        }
        Ok(())
    }

    async fn start(&self, processes: &Processes) -> Result<Process> {
        let mut command = self.binaries.command("postgres", StopSignal::Quit)?;
        command.arg("-D").arg(&self.data);
        for setting in self.settings() {
            command.arg("-c").arg(setting);
        }
        let mut process = processes.start("PostgreSQL", command, &self.log)?;
        process.ready(|| async { self.connect().await.is_ok() }).await?;
        Ok(process)
    }

    /// A crash of the machine may lose data, a crash of the server may not.
    fn settings(&self) -> Vec<String> {
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "max_connections=200".to_owned(),
            "fsync=off".to_owned(),
            "full_page_writes=off".to_owned(),
            format!("port={}", self.port),
        ];
        if self.binaries.speak_tls {
            settings.push("ssl=on".to_owned());
        }
        settings
    }

    async fn grant_access(&self, port: u16, authority: String) -> Result<DatabaseAccess> {
        let password = random_hex(16)?;
        let client = self.connect().await?;
        let role = format!("CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'");
        client.execute(&role, &[]).await?;
        client.execute(&format!("GRANT pg_monitor, pg_signal_backend TO {ROLE}"), &[]).await?;
        client.execute(&format!("CREATE DATABASE {DATABASE} OWNER {ROLE}"), &[]).await?;
        Ok(DatabaseAccess { port, name: DATABASE, username: ROLE, password, authority })
    }

    async fn connect(&self) -> Result<tokio_postgres::Client> {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port).user("postgres").password(&self.superuser_password);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// Gives a file or folder to the user that the server runs as.
fn own(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))?;
    if rustix::process::geteuid().is_root() {
        chown(path, Some(SERVER_USER), Some(SERVER_USER))?;
    }
    Ok(())
}
