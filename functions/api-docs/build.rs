//! Turns `openapi.yaml` into the JSON that the function serves: once, here, and not at each start.

use std::{env, error::Error, fs, path::Path};

#[expect(clippy::disallowed_methods, reason = "a build script has its paths from cargo")]
fn main() -> Result<(), Box<dyn Error>> {
    let source = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../openapi.yaml");
    println!("cargo::rerun-if-changed={}", source.display());
    let contract: serde_json::Value = serde_saphyr::from_str(&fs::read_to_string(source)?)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("openapi.json"), contract.to_string())?;
    Ok(())
}
