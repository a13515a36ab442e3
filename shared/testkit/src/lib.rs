//! Simulators of TikTok and Meta: real HTTP servers that behave as the platforms do, as strictly as they do.
//!
//! What a platform offers is at the platform's paths. What only a test needs, such as "somebody commented now", is below
//! `/_simulator`, so a test in any language can drive them. They share no code with what they test: a mistake in our
//! signatures must not be made twice.

mod control;
mod delivery;
mod html;
pub mod meta;
mod parameters;
mod random;
mod redirect;
mod remote;
pub mod samples;
mod server;
mod signing;
mod stream;
#[cfg(test)]
mod tests;
pub mod tiktok;

pub use delivery::{Delivered, DeliveryError};
pub use remote::{Consent, Decision, Issued, RemoteError, RemoteMeta, RemoteTikTok};
pub use server::Server;
