//! Instagram, through Meta's Graph: Facebook Login by default, Instagram Login as the alternative.
//!
//! The two logins have their own hosts, app credentials and permissions; publishing and reading are alike.

pub mod code;
pub mod debug_token;
pub mod facebook_login;
pub mod graph;
pub mod instagram_login;
pub mod pages;
pub mod permissions;
pub mod proof;
pub mod signature;
pub mod signed_request;
pub mod split;
pub mod subscription;
pub mod webhook;

mod removal;
mod verdict;
