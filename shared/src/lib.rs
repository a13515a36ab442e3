//! What the functions share.
//!
//! Dependencies point one way: functions → [`services`] → {[`store`], [`crypto`], [`queue`], [`cache`]} → [`domain`] →
//! `platforms`, whose codes the catalogue of errors translates. [`http`] and [`telemetry`] are the frame that every
//! function runs in, [`config`] is where settings and secrets come from. What a function doesn't call isn't linked into it.

pub mod cache;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod http;
pub mod media;
pub mod queue;
pub mod services;
pub mod store;
pub mod telemetry;
