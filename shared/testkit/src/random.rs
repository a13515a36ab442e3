//! Values that nobody can guess.

use aws_lc_rs::rand::fill;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// So many characters of the base64url alphabet.
pub(crate) fn text(length: usize) -> String {
    bytes(length).iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect()
}

/// So many letters and digits.
pub(crate) fn letters(length: usize) -> String {
    bytes(length).iter().map(|byte| char::from(ALPHABET[usize::from(byte % 62)])).collect()
}

/// So many decimal digits, the first of them not zero.
pub(crate) fn digits(length: usize) -> String {
    let first = |index| u8::from(index == 0);
    let digit = |(index, byte): (usize, &u8)| char::from(b'0' + first(index) + byte % (10 - first(index)));
    bytes(length).iter().enumerate().map(digit).collect()
}

/// The kernel's source does not fail once the machine is up; zeros would only make a test's values equal.
fn bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let _unlikely = fill(&mut bytes);
    bytes
}
