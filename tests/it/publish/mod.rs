//! Publishing: what a worker does with a post, whatever befalls it, and what the minute's round does for it.

mod accounts;
mod asking;
mod crashes;
mod deployed;
mod files;
mod outages;
mod progress;
mod quotas;
mod sending;
mod stage;
mod sweep;

use stage::{Publishing, end, is_out};
