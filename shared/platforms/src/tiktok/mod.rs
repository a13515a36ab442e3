//! TikTok: Login Kit, Content Posting, Display and webhooks.
//!
//! Business, Shop and Research have other hosts, tokens and signatures; nothing here speaks to them.

pub mod code;
pub mod signature;
pub mod webhook;
