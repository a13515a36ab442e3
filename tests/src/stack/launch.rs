//! From running servers and built binaries to a system that answers: the steps of a first deployment, in order.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::path::PathBuf;

use anyhow::Result;
use aws_config::SdkConfig;

use super::aws::sdk_config;
use super::deployment::{self, Deployment};
use super::description::{PlatformSecrets, StackDescription, StackUser};
use super::packages::Packages;
use super::progress::Progress;
use super::servers::Servers;
use super::simulators::Platforms;
use super::{event_sources, gateway, migration, secrets, template, users};

/// What a deployment needs.
pub(super) struct Launch<'a> {
    pub(super) template: &'a str,
    pub(super) executables: BTreeMap<String, PathBuf>,
    pub(super) servers: &'a Servers,
    pub(super) platforms: &'a Platforms,
    pub(super) secrets: PlatformSecrets,
    pub(super) log_level: &'static str,
    pub(super) progress: Progress,
}

impl Launch<'_> {
    /// Deploys, fills the secrets, opens the routes, migrates and invites two users.
    pub(super) async fn carry_out(self) -> Result<StackDescription> {
        let endpoint = self.servers.emulator.url();
        let config = sdk_config(&endpoint);
        let progress = self.progress;
        let secrets = self.secrets.clone();
        let deployment = progress.step("deployment", self.deploy(&config)).await?;
        secrets::fill(&config, &deployment, &secrets, &self.servers.postgres.access).await?;
        event_sources::limit(&config, &deployment).await?;
        let api_url = progress.step("routes", gateway::open(&config, &endpoint, &deployment)).await?;
        self.platforms.register(&api_url);
        let functions = deployment.functions();
        progress.step("migrations", migration::migrate(&config, &functions)).await?;
        let users = self.invite(&config, &deployment).await?;
        Ok(StackDescription {
            api_url,
            database_url: self.servers.postgres.access.url(),
            redis_url: self.servers.redis.url(),
            aws_endpoint_url: endpoint,
            tiktok_url: self.platforms.tiktok.url.clone(),
            meta_url: self.platforms.meta.url.clone(),
            queues: deployment.queues(),
            users,
            functions,
            secrets,
        })
    }

    async fn deploy(&self, config: &SdkConfig) -> Result<Deployment> {
        let mut packages = Packages::upload(config, self.executables.clone()).await?;
        let template = template::with_code_at(self.template, |name| packages.place(name))?;
        let template = packages.upload_template(template).await?;
        let address = format!("{}{template}", self.servers.emulator.url());
        let deployment = deployment::create(config, address, &self.parameters()?).await?;
        packages.remove().await?;
        Ok(deployment)
    }

    /// The team that brings its own database and cache, and needs neither network nor alarms.
    fn parameters(&self) -> Result<Vec<(&'static str, String)>> {
        let architecture = if ARCH == "aarch64" { "arm64" } else { ARCH };
        let database = &self.servers.postgres.access;
        let mut parameters = vec![
            ("Architecture", architecture.to_owned()),
            ("Network", "none".to_owned()),
            ("Alarms", "off".to_owned()),
            ("LogLevel", self.log_level.to_owned()),
            ("DatabaseHost", "127.0.0.1".to_owned()),
            ("DatabasePort", database.port.to_string()),
            ("DatabaseName", database.name.to_owned()),
            ("RedisUrl", self.servers.redis.url()),
            ("JwtIssuer", users::ISSUER.to_owned()),
            ("JwtAudience", users::AUDIENCE.to_owned()),
            ("PublicUrl", gateway::address(&self.servers.emulator.url())),
            ("ReturnAddresses", self.return_addresses()),
            ("UploadOrigins", self.servers.emulator.url()),
        ];
        parameters.extend(self.platforms.parameters()?);
        Ok(parameters)
    }

    /// The console, and whatever else one may put at the origin.
    fn return_addresses(&self) -> String {
        let origin = self.servers.emulator.url();
        format!("{}/,{origin}/", gateway::address(&origin))
    }

    async fn invite(&self, config: &SdkConfig, deployment: &Deployment) -> Result<Vec<StackUser>> {
        let secret = secrets::token_secret(config, deployment).await?;
        users::create_two(&self.servers.postgres.access.url(), &secret).await
    }
}
