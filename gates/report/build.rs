//! Embeds the pages of `docs/codes`, `docs/gates` and `docs/config.md`, so that `caws explain`
//! needs no files beside the binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docs = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../docs");
    let mut source = String::new();
    for (name, folder) in [("CODE_PAGES", "codes"), ("GATE_PAGES", "gates")] {
        table(&mut source, name, &docs.join(folder))?;
    }
    let config = docs.join("config.md");
    println!("cargo::rerun-if-changed={}", config.display());
    writeln!(
        source,
        "static CONFIG_PAGE: &str = {:?};",
        fs::read_to_string(&config)?
    )?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("pages.rs"), source)?;
    Ok(())
}

/// Writes a sorted table of `(file stem, content)` of a folder's Markdown files.
fn table(source: &mut String, name: &str, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<Vec<_>, _>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    writeln!(source, "static {name}: &[(&str, &str)] = &[")?;
    for path in files {
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        if stem != "README" {
            writeln!(source, "    ({stem:?}, {:?}),", fs::read_to_string(&path)?)?;
        }
    }
    writeln!(source, "];")?;
    Ok(())
}
