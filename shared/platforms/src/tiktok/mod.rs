//! TikTok: Login Kit, Content Posting, Display and webhooks.
//!
//! Business, Shop and Research have other hosts, tokens and signatures; nothing here speaks to them.

pub mod api;
pub mod code;
pub mod oauth;
pub mod pkce;
pub mod publish;
pub mod signature;
pub mod token;
pub mod user;
pub mod webhook;

mod verdict;
