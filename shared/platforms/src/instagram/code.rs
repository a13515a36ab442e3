//! The codes by which Meta says no.
//!
//! Four kinds, by where they appear: numbers in the Graph's error envelope, query members of a login's redirect, the
//! envelope of Instagram Login's token endpoint, and exceptions that have a name instead of a number. What isn't known
//! here is kept as it came. What each means to a person is decided above this package.

mod exception;
mod graph;
mod login;

pub use exception::ExceptionName;
pub use graph::GraphCode;
pub use login::{LoginCode, RedirectRefusal};
