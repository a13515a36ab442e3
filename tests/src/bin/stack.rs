//! `cargo run -p tests --bin stack -- COMMAND`: the local stack from the command line.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use tests::journey;
use tests::stack::control::{self, Order, Server};
use tests::stack::guard::{self, GuardOptions, StopSignal};
use tests::stack::progress::Progress;
use tests::stack::signals::Signals;
use tests::stack::{
    Build, Processes, Project, Stack, StackDescription, StackOptions, ToolSet, description_file, guarded, install,
    require_stack,
};
use tokio::runtime::Runtime;

/// Deploys the project on this machine: the real template and functions, PostgreSQL, Redis, an AWS emulator and
/// simulated platforms.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// End as soon as the parent process does, even when that is killed.
    #[arg(long, global = true)]
    with_parent: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the stack and stay until Ctrl-C.
    Up(UpOptions),
    /// Start the stack, walk the journey once, and stay until Ctrl-C.
    Run(UpOptions),
    /// Walk the journey on the running stack.
    Demo(Location),
    /// Start the stack, run a command with STACK_JSON in its environment, and end with its exit code.
    Exec(ExecOptions),
    /// Stop a server of the running stack, or start it again.
    Server {
        /// What to do.
        order: Order,
        /// The server.
        server: Server,
        #[command(flatten)]
        location: Location,
    },
    /// Install a set of tools and print the folder with its programs.
    Tools {
        /// Which set.
        set: ToolSet,
    },
    /// Run a program that ends when the stack does; the stack uses this by itself.
    #[command(hide = true)]
    Guard(GuardOptions),
}

#[derive(Debug, Args)]
struct Location {
    /// The stack's folder; another one makes a second stack possible. [default: target/local]
    #[arg(long)]
    dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct UpOptions {
    #[command(flatten)]
    location: Location,
    /// The AWS emulator's port. [default: 4566 or, where that is taken, any]
    #[arg(long, env = "LOCAL_PORT")]
    port: Option<u16>,
    /// Build the functions as they are shipped: slower to build, quicker to run.
    #[arg(long)]
    release: bool,
}

#[derive(Debug, Args)]
struct ExecOptions {
    #[command(flatten)]
    up: UpOptions,
    /// The command and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            Progress::Visible.say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    match arguments.command {
        Command::Guard(options) => guard::run(&options),
        command => Runtime::new()?.block_on(run_with_children(command, arguments.with_parent)),
    }
}

/// Whatever happens, nothing that was started is left when this returns.
async fn run_with_children(command: Command, with_parent: bool) -> Result<ExitCode> {
    let mut signals = Signals::listen(with_parent)?;
    let processes = Processes::new();
    let outcome = tokio::select! {
        outcome = carry_out(command, &processes) => outcome,
        code = signals.recv() => Ok(ExitCode::from(code)),
    };
    processes.settled().await;
    outcome
}

async fn carry_out(command: Command, processes: &Processes) -> Result<ExitCode> {
    match command {
        Command::Up(options) => stay_up(&options, processes).await,
        Command::Run(options) => demonstrate_and_stay_up(&options, processes).await,
        Command::Demo(location) => demonstrate(&location).await,
        Command::Exec(options) => execute(&options, processes).await,
        Command::Server { order, server, location } => obey(order, server, &location).await,
        Command::Tools { set } => print_tools(set, processes).await,
        Command::Guard(_) => bail!("a guard starts nothing but its program"),
    }
}

async fn stay_up(options: &UpOptions, processes: &Processes) -> Result<ExitCode> {
    let stack = start(options, "INFO", processes, Progress::Visible).await?;
    announce(&stack);
    bail!("{} has ended; its log is in {}", processes.casualty().await, stack.logs().display())
}

async fn demonstrate_and_stay_up(options: &UpOptions, processes: &Processes) -> Result<ExitCode> {
    let stack = start(options, "INFO", processes, Progress::Visible).await?;
    journey::walk(&stack.description).await?;
    announce(&stack);
    bail!("{} has ended; its log is in {}", processes.casualty().await, stack.logs().display())
}

async fn demonstrate(location: &Location) -> Result<ExitCode> {
    let folder = location.folder(&Project::find()?);
    require_stack(&folder)?;
    journey::walk(&StackDescription::load(&description_file(&folder))?).await?;
    Ok(ExitCode::SUCCESS)
}

async fn obey(order: Order, server: Server, location: &Location) -> Result<ExitCode> {
    control::order(&location.folder(&Project::find()?), order, server).await?;
    Ok(ExitCode::SUCCESS)
}

async fn execute(options: &ExecOptions, processes: &Processes) -> Result<ExitCode> {
    // What is tested is tested at its most talkative: not even then do logs hold a secret.
    let stack = start(&options.up, "DEBUG", processes, Progress::Quiet).await?;
    let mut command = guarded(StopSignal::Term, Path::new(&options.command[0]))?;
    command.args(&options.command[1..]).env("STACK_JSON", stack.description_file());
    let status = processes.run("the command", command).await?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

async fn print_tools(set: ToolSet, processes: &Processes) -> Result<ExitCode> {
    let environment = install(set, &Project::find()?, processes).await?;
    writeln!(stdout(), "{}", environment.join("bin").display())?;
    Ok(ExitCode::SUCCESS)
}

async fn start(
    options: &UpOptions,
    log_level: &'static str,
    processes: &Processes,
    progress: Progress,
) -> Result<Stack> {
    let project = Project::find()?;
    let options = StackOptions {
        folder: options.location.folder(&project),
        port: options.port,
        build: if options.release { Build::Release } else { Build::Dev },
        log_level,
    };
    Stack::up(&options, &project, processes, progress).await
}

fn announce(stack: &Stack) {
    let description = &stack.description;
    let token = description.users.first().map_or("", |user| &user.token);
    let (api, file) = (&description.api_url, stack.description_file());
    let _ = writeln!(
        stdout(),
        "\nconsole  {api}/#token={token}\napi      {api}\ntoken    {token}\nall      {}",
        file.display()
    );
    Progress::Visible.say("\nCtrl-C ends it.");
}

impl Location {
    fn folder(&self, project: &Project) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| project.default_stack_folder())
    }
}
