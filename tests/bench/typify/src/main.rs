//! Writes a crate with the types that typify generates from JSON Schemas: `typify-of-ours FOLDER SCHEMA...`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use typify::{TypeSpace, TypeSpaceSettings};

/// The manifest of the crate, with the dependencies that progenitor's documentation names.
const MANIFEST: &str = r#"[package]
name = "typified"
version = "0.0.0"
edition = "2021"

[workspace]

[dependencies]
chrono = { version = "0.4", default-features = false, features = ["serde"] }
regress = "0.12"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let folder = arguments
        .next()
        .ok_or("usage: typify-of-ours FOLDER SCHEMA...")?;
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    let mut root = String::new();
    for schema in arguments {
        let name = schema
            .file_stem()
            .and_then(|name| name.to_str())
            .ok_or("a schema without a name")?;
        fs::write(
            folder.join("src").join(name).with_extension("rs"),
            types(&schema)?,
        )?;
        root.push_str(&format!("pub mod {name};\n"));
    }
    fs::write(folder.join("src/lib.rs"), root)?;
    Ok(())
}

fn types(schema: &Path) -> Result<String, Box<dyn Error>> {
    // typify reads an older draft, in which `$defs` is `definitions`.
    let text = fs::read_to_string(schema)?
        .replace("\"$defs\"", "\"definitions\"")
        .replace("#/$defs/", "#/definitions/");
    let mut schema = serde_json::from_str(&text)?;
    remove_defaults(&mut schema);
    let mut space = TypeSpace::new(TypeSpaceSettings::default().with_struct_builder(true));
    space.add_root_schema(serde_json::from_value(schema)?)?;
    Ok(prettyplease::unparse(&syn::parse2(space.to_stream())?))
}

/// Removes all defaults, because typify rejects a default beside a reference.
fn remove_defaults(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.remove("default");
            fields.values_mut().for_each(remove_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_defaults),
        _ => {}
    }
}
