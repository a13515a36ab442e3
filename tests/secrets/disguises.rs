//! The forms that a secret takes on in what is written down.
//!
//! Escapes of every kind, of addresses, JSON or HTML, and however deep, leave letters, digits and a few marks alone. So
//! the longest run of those stands for a secret, and no escape needs to be known. Base64 and hex change everything. The
//! start of a secret is looked for piece by piece: it may have been cut off, or broken into lines as base64 often is.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use reqwest::Url;
use serde_json::json;

/// Something shorter might be found by chance.
const MINIMUM: usize = 12;
/// How long a piece is, and how many are looked for: a line of base64 has 76 characters, so it breaks two at most.
const PIECE: usize = 24;
const PIECES: usize = 3;

/// Each form with its name.
pub(crate) fn of(value: &str) -> Vec<(&'static str, String)> {
    assert!(value.len() >= MINIMUM, "a secret of {} characters is too short to be looked for", value.len());
    let core = core(value);
    if core.len() < MINIMUM {
        return [escaped(value), encoded(value)].concat();
    }
    pieces(core).flat_map(|piece| [vec![("as it is, or escaped", piece.to_owned())], encoded(piece)].concat()).collect()
}

/// Of ASCII, so that every index is a boundary.
fn pieces(core: &str) -> impl Iterator<Item = &str> {
    let starts = (0..core.len()).step_by(PIECE).take(PIECES);
    starts.map(|start| &core[start..core.len().min(start + PIECE)]).filter(|piece| piece.len() >= MINIMUM)
}

/// The longest part that no escape changes.
fn core(value: &str) -> &str {
    let changes = |character: char| !character.is_ascii_alphanumeric() && !"-._".contains(character);
    value.split(changes).max_by_key(|part| part.len()).unwrap_or_default()
}

/// For a secret that is full of punctuation: the escapes that are likely.
fn escaped(value: &str) -> Vec<(&'static str, String)> {
    let json = json!(value).to_string();
    let mut address: Url = "https://example.com".parse().unwrap();
    address.query_pairs_mut().append_pair("q", value);
    let address = address.query().unwrap().trim_start_matches("q=").to_owned();
    vec![("as it is", value.to_owned()), ("in JSON", json[1..json.len() - 1].to_owned()), ("in an address", address)]
}

fn encoded(text: &str) -> Vec<(&'static str, String)> {
    let base64 = (0..3).map(|before| base64(text, before));
    let of_addresses = base64.clone().map(|base64| base64.replace('+', "-").replace('/', "_"));
    let hex = ["0123456789abcdef", "0123456789ABCDEF"].map(|digits| ("in hex", hex(text, digits)));
    base64.chain(of_addresses).map(|base64| ("in base64", base64)).chain(hex).collect()
}

/// Base64 takes three bytes at a time, so it depends on how many bytes of a group come before. The characters that are
/// made of a neighbour's bits as well are left out.
fn base64(text: &str, before: usize) -> String {
    let text = format!("{}{text}", "\0".repeat(before));
    STANDARD_NO_PAD.encode(&text)[(before * 8).div_ceil(6)..text.len() * 8 / 6].to_owned()
}

fn hex(text: &str, digits: &str) -> String {
    let digit = |value: u8| char::from(digits.as_bytes()[usize::from(value)]);
    text.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
