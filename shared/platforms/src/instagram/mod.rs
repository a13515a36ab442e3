//! Instagram, through Meta's Graph: Facebook Login by default, Instagram Login as the alternative.
//!
//! The two logins have their own hosts, app credentials and permissions; publishing and reading are alike.

pub mod code;
pub mod signature;
pub mod split;
pub mod webhook;
