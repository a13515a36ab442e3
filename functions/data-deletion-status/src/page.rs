//! The page that Meta shows people who asked to be forgotten. It loads nothing, runs nothing and names nobody.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared::{
    domain::{DataDeletion, DeletionStatus},
    http::{Reply, StatusCode},
};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// What a browser may do with the page: show it, with the one style that is in it.
const POLICY: &str = "default-src 'none'; style-src 'sha256-STYLE'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const STYLE: &str = "body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;\
                     color:#1a1a1a;background:#fff}dt{font-weight:600}dd{margin:0 0 .75rem}";
/// In UTC, with the month as a word: nobody reads it the other way round.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");

/// The kinds of things, as a person calls them.
const KINDS: [(&str, &str); 10] = [
    ("accounts", "Connections to this application"),
    ("instagramAccounts", "Instagram accounts"),
    ("posts", "Posts made with this application"),
    ("media", "Copies of posts"),
    ("comments", "Comments"),
    ("files", "Uploaded files"),
    ("webhookEvents", "Notifications from Meta"),
    ("syncs", "Records of how far copying had got"),
    ("revocations", "Access waiting to be given back"),
    ("auditAddresses", "Internet addresses in the security log"),
];

/// The page for a deletion.
pub(crate) fn of(code: &str, deletion: &DataDeletion) -> String {
    let (title, text) = match deletion.status {
        DeletionStatus::Received => {
            ("Your request was received", "The deletion of your data begins within a few minutes.")
        }
        DeletionStatus::InProgress => (
            "Your data is being deleted",
            "The deletion has begun, and some of your data may be left. Please look again later.",
        ),
        DeletionStatus::Completed => (
            "Your data was deleted",
            "All that we stored about you when you asked is deleted. What Meta still sends about your accounts is not stored \
             for 30 days, and what you wrote elsewhere for 2 days, unless you have connected again since. Technical logs, \
             and messages that no program could read, end by themselves after a while.",
        ),
    };
    let completed = deletion.completed_at.map(|at| row("Completed", &moment(at))).unwrap_or_default();
    let facts = [row("Confirmation code", code), row("Received", &moment(deletion.requested_at)), completed].concat();
    document(title, &format!("<p>{text}</p>\n<dl>\n{facts}</dl>\n{}", deleted(deletion)))
}

/// The page for a code that nobody has.
pub(crate) fn unknown() -> String {
    document(
        "We don't know this code",
        "<p>Please check that you have the whole address, as it was given to you.</p>\n",
    )
}

/// A page as an answer. It's for whoever has the code, so nothing keeps it or tells of it.
pub(crate) fn reply(status: StatusCode, page: &str) -> Reply {
    Reply::new(status, "text/html; charset=utf-8", page)
        .with_header("cache-control", "no-store")
        .with_header("content-security-policy", &POLICY.replace("STYLE", &style_hash()))
        .with_header("referrer-policy", "no-referrer")
        .with_header("x-robots-tag", "noindex")
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n\
         </body>\n</html>\n"
    )
}

fn deleted(deletion: &DataDeletion) -> String {
    let rows: String =
        KINDS.iter().filter_map(|(kind, name)| Some(row(name, &deletion.deleted.get(*kind)?.to_string()))).collect();
    match deletion.status {
        DeletionStatus::Completed if rows.is_empty() => "<p>There was nothing to delete.</p>\n".to_owned(),
        DeletionStatus::Completed => format!("<h2>What was deleted</h2>\n<dl>\n{rows}</dl>\n"),
        DeletionStatus::Received | DeletionStatus::InProgress => String::new(),
    }
}

/// What is shown is ours: codes of letters and digits, times and numbers. None needs escaping.
fn row(name: &str, value: &str) -> String {
    format!("<dt>{name}</dt>\n<dd>{value}</dd>\n")
}

fn moment(at: OffsetDateTime) -> String {
    at.format(TIME).unwrap_or_default()
}

/// Base64 of the style's SHA-256, as the policy wants it.
fn style_hash() -> String {
    STANDARD.encode(digest(&SHA256, STYLE.as_bytes()))
}

#[cfg(test)]
mod tests;
