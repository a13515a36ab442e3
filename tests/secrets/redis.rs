//! Everything that was ever written to Redis: most keys live for moments only, so there would be little to see in the end.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tests::stack::redis_record;

use crate::Text;

/// The commands since each start of the server. Redis 7 keeps them in a folder, its forerunners don't.
pub(crate) fn texts(folder: &Path) -> Vec<Text> {
    let files = files_below(&redis_record(folder)).into_iter();
    let records = files.filter(|path| path.extension().is_some_and(|extension| extension == "aof"));
    records.map(|path| Text { place: path.display().to_string(), bytes: fs::read(&path).unwrap() }).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
