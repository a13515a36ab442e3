//! Connecting accounts: through the whole stack, and through the functions alone, whose platforms are told to fail.

mod api;
mod browser;
mod consent;
mod exchange;
mod instagram_login;
mod pages;
mod platforms;
mod record;
mod scopes;
mod settings;
mod stage;
mod start;
mod states;
mod subscriptions;
mod tokens;

pub(crate) use platforms::Via;
pub(crate) use stage::Stage;

use browser::{Login, told};
