//! Cargo sees which migrations were embedded, and not that there is a new one.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
