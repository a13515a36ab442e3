//! What tests talk to: the API, the simulators, the tables, single functions.

mod api;
mod aws;
mod aws_line;
mod database;
mod doom;
mod eventually;
mod havoc;
mod logins;
mod operator;
mod platforms;
mod redis_line;
mod refusing;
mod sandbox;
mod world;

pub(crate) use api::{Answer, Api};
pub(crate) use aws::Aws;
pub(crate) use aws_line::AwsLine;
pub(crate) use database::Tables;
pub(crate) use doom::{Doom, Lines};
pub(crate) use eventually::eventually;
pub(crate) use havoc::{Dice, kill_one};
pub(crate) use logins::MetaPerson;
pub(crate) use operator::{operator, operator_command};
pub(crate) use platforms::Platforms;
pub(crate) use redis_line::RedisLine;
pub(crate) use refusing::Refusing;
pub(crate) use sandbox::{FunctionSandbox, HttpSandbox, binary, http_event};
pub(crate) use world::{OwnDatabase, Settings, World, unique};
