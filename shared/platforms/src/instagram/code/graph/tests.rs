//! Every number that is documented or seen, and what new ones are taken for.

use super::*;

// What the documentation and reports from production name, to hold the table above against.
const CODES: [i64; 19] = [1, 2, 3, 4, 10, 17, 32, 100, 102, 190, 200, 341, 368, 506, 613, 803, 80001, 80002, 80006];
const SUBCODES: [(i64, &[i64]); 16] = [
    (-2, &[2_207_003, 2_207_020]),
    (-1, &[2_207_001, 2_207_032, 2_207_053, 2_207_073]),
    (1, &[2_207_057]),
    (4, &[2_207_051]),
    (9, &[2_207_042]),
    (24, &[2_207_006, 2_207_008]),
    (25, &[2_207_050]),
    (100, &[33, 9050, 36007, 36009, 2_207_023, 2_207_028, 2_207_035, 2_207_036, 2_207_037, 2_207_040]),
    (190, &[458, 459, 460, 463, 464, 467, 492]),
    (352, &[2_207_026]),
    (9004, &[2_207_052]),
    (9007, &[2_207_027]),
    (36000, &[2_207_004]),
    (36001, &[2_207_005]),
    (36003, &[2_207_009]),
    (36004, &[2_207_010]),
];
const SUBCODES_ALONE: [i64; 6] = [2_207_076, 2_207_077, 2_207_081, 2_207_082, 2_207_085, 2_108_006];

#[test]
fn every_documented_number_is_a_row_of_its_own() {
    let codes = CODES.iter().map(|&code| (Some(code), None));
    let pair = |code, subcode: &i64| (Some(code), Some(*subcode));
    let pairs = SUBCODES.iter().flat_map(|&(code, subcodes)| subcodes.iter().map(move |sub| pair(code, sub)));
    let alone = SUBCODES_ALONE.iter().map(|&subcode| (None, Some(subcode)));
    let facts: Vec<_> = codes.chain(pairs).chain(alone).collect();
    for &(code, subcode) in &facts {
        let known = GraphCode::from_numbers(code, subcode);
        assert!(GraphCode::KNOWN.contains(&known), "{known}");
        assert_eq!((known.code(), known.subcode()), (code, subcode));
    }
    assert_eq!(GraphCode::KNOWN.len(), facts.len());
}

#[test]
fn a_subcode_of_seven_digits_is_known_without_its_code() {
    assert_eq!(GraphCode::from_numbers(None, Some(2_207_052)), GraphCode::MediaFetchFailed);
    assert_eq!(GraphCode::from_numbers(Some(-1), Some(2_207_082)), GraphCode::AudioMixFailed);
}

#[test]
fn a_short_subcode_belongs_to_its_code() {
    assert_eq!(GraphCode::from_numbers(Some(4), Some(33)), GraphCode::AppRateLimited);
    assert_eq!(GraphCode::from_numbers(None, Some(460)), GraphCode::Other { code: None, subcode: Some(460) });
}

#[test]
fn an_invalid_session_has_the_reasons_of_an_invalid_token() {
    assert_eq!(GraphCode::from_numbers(Some(102), Some(460)), GraphCode::PasswordChanged);
    assert_eq!(GraphCode::from_numbers(Some(102), Some(7)), GraphCode::SessionInvalid);
}

#[test]
fn a_code_stands_for_its_subcodes_that_are_missing_or_new() {
    assert_eq!(GraphCode::from_numbers(Some(613), Some(1996)), GraphCode::CustomRateLimited);
    assert_eq!(GraphCode::from_numbers(Some(190), Some(999)), GraphCode::TokenInvalid);
    assert_eq!(GraphCode::from_numbers(Some(-1), None), GraphCode::ServerError);
    assert_eq!(GraphCode::from_numbers(Some(9), None), GraphCode::PublishQuotaReached);
}

#[test]
fn ranges_are_known_to_their_ends() {
    assert_eq!(GraphCode::from_numbers(Some(299), None), GraphCode::PermissionMissing);
    assert_eq!(GraphCode::from_numbers(Some(100), Some(9064)), GraphCode::AudioSearchRefused);
    assert_eq!(GraphCode::from_numbers(Some(10), Some(9053)), GraphCode::AudioSearchRefused);
    assert_eq!(GraphCode::from_numbers(Some(100), Some(9065)), GraphCode::InvalidParameter);
    assert_eq!(GraphCode::from_numbers(Some(300), None), GraphCode::Other { code: Some(300), subcode: None });
}

#[test]
fn new_numbers_are_kept_as_they_came() {
    let new = GraphCode::from_numbers(Some(12345), Some(67));
    assert_eq!(new, GraphCode::Other { code: Some(12345), subcode: Some(67) });
    assert_eq!(new.to_string(), "12345/67");
}
