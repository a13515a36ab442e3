//! Where the functions are measured: the deployed stack, with its AWS replaced by one that answers at once.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;
use shared::config::Vars;

use super::{aws::StandIn, tls::TlsFront};
use crate::{
    runtime_api::Sandbox,
    stack::{Build, Processes, Project, Stack, StackDescription, StackOptions, aws::sdk_config, progress::Progress},
};

/// So many requests a minute that none is refused, one in each millisecond.
const UNLIMITED: &str = "60000";

/// The running stack, and what the benchmarks took from it.
#[derive(Debug)]
pub(super) struct Site {
    /// Stands in for AWS.
    pub(super) aws: StandIn,
    tls: TlsFront,
    environments: BTreeMap<String, Environment>,
    binaries: PathBuf,
    stack: Stack,
}

type Environment = BTreeMap<String, String>;

/// One function, as it is deployed.
#[derive(Debug)]
pub(super) struct Function {
    binary: PathBuf,
    environment: Environment,
}

impl Site {
    /// Builds the functions as they are shipped, deploys them, and reads their settings.
    pub(super) async fn up(project: &Project, processes: &Processes) -> Result<Self> {
        let folder = project.root().join("target/bench");
        let options = StackOptions { folder, port: None, build: Build::Release, log_level: "INFO" };
        let stack = Stack::up(&options, project, processes, Progress::Visible).await?;
        let emulator = sdk_config(&stack.description.aws_endpoint_url);
        let aws = StandIn::of(&emulator).await?;
        let tls = TlsFront::start(&aws.url, &options.folder).await?;
        let lambda = Client::new(&emulator);
        let mut environments = BTreeMap::new();
        for (name, deployed) in &stack.description.functions {
            environments.insert(name.clone(), environment(&lambda, deployed, &aws).await?);
        }
        Ok(Self { aws, tls, environments, binaries: release_folder()?, stack })
    }

    /// Their names.
    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        self.environments.keys().map(String::as_str)
    }

    /// One of them.
    pub(super) fn function(&self, name: &str) -> Result<Function> {
        let environment = self.environments.get(name).with_context(|| format!("there is no function {name}"))?.clone();
        let binary = self.binaries.join(name);
        ensure!(binary.exists(), "{} is not there", binary.display());
        Ok(Function { binary, environment })
    }

    /// The same function with AWS behind TLS.
    pub(super) fn over_tls(&self, mut function: Function) -> Result<Function> {
        let variables = self.tls.environment()?;
        function.environment.extend(variables.map(|(name, value)| (name.to_owned(), value)));
        Ok(function)
    }

    /// Addresses and secrets.
    pub(super) fn description(&self) -> &StackDescription {
        &self.stack.description
    }
}

impl Function {
    /// Its binary.
    pub(super) fn binary(&self) -> &Path {
        &self.binary
    }

    /// The same function, written otherwise: its settings with another program.
    pub(super) fn run_by(self, binary: PathBuf) -> Self {
        Self { binary, ..self }
    }

    /// The same function with another value for one of its variables.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Starts it in a sandbox of its own.
    pub(super) fn start(&self) -> Result<Sandbox> {
        Sandbox::start(&self.binary, self.environment.clone())
    }
}

impl Vars for Function {
    fn get(&self, name: &str) -> Option<String> {
        self.environment.get(name).cloned()
    }
}

/// A deployed function's variables, with AWS elsewhere and without limits to its callers.
async fn environment(lambda: &Client, deployed: &str, aws: &StandIn) -> Result<Environment> {
    let configuration = lambda.get_function_configuration().function_name(deployed).send().await;
    let configuration = configuration.with_context(|| format!("cannot read the settings of {deployed}"))?;
    let variables = configuration.environment.and_then(|environment| environment.variables);
    let mut environment: Environment = variables.unwrap_or_default().into_iter().collect();
    environment.insert("AWS_ENDPOINT_URL".to_owned(), aws.url.clone());
    for limit in ["LIMIT_PER_USER", "LIMIT_PER_IP"] {
        environment.insert(limit.to_owned(), UNLIMITED.to_owned());
    }
    Ok(environment)
}

/// Beside the folder of this program, since cargo keeps one for each profile.
fn release_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(target.join("release"))
}
