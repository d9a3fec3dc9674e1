//! The bill of materials (SBOM) in the format of CycloneDX 1.6 (ECMA-424).
//!
//! Not by `cargo-cyclonedx`, which takes the features of the whole workspace, and lists procedural macros as well.

#![expect(clippy::indexing_slicing, reason = "a missing key of a JSON object is null, and every object here is one")]

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::parts::{Id, Part, output};

/// The bill of materials of the program; `time` is when it was made.
pub(crate) fn of(program: &str, parts: &BTreeMap<Id, Part>, time: Option<Timestamp>) -> anyhow::Result<String> {
    let mut components = parts_of_the_tools()?;
    let (own, others): (Vec<_>, Vec<_>) = parts.iter().partition(|((name, _), _)| name == program);
    let mut metadata = json!({ "component": own.first().map(|(id, part)| component(id, part, "application")) });
    if let Some(time) = time {
        metadata["timestamp"] = json!(time.to_string());
    }
    components.extend(others.iter().map(|(id, part)| component(id, part, "library")));
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": parts.iter().map(|(id, part)| json!({
            "ref": reference(id),
            "dependsOn": part.uses.iter().map(reference).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn component(id: &Id, part: &Part, kind: &str) -> Value {
    let (name, version) = id;
    let mut component = json!({
        "type": kind,
        "bom-ref": reference(id),
        "name": name,
        "version": version,
        "licenses": [{ "expression": part.licence }],
    });
    // Only crates of the registry can be found there.
    if let Some(checksum) = &part.checksum {
        component["purl"] = json!(reference(id));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

/// What the compiler and the linker add. The C library is only in a program that is statically linked.
fn parts_of_the_tools() -> anyhow::Result<Vec<Value>> {
    let library = |name: &str, version: &str, licence: &str| {
        json!({
            "type": "library",
            "bom-ref": format!("{name}@{version}"),
            "name": name,
            "version": version,
            "licenses": [{ "expression": licence }],
        })
    };
    let rustc = output(Command::new("rustc").arg("--version"))?;
    let libc = output(Command::new("getconf").arg("GNU_LIBC_VERSION"))?;
    let version = |text: &str| text.split_whitespace().nth(1).map(str::to_owned).context("no version");
    let mut libc = library("glibc", &version(&libc)?, "LGPL-2.1-or-later");
    libc["scope"] = json!("optional");
    libc["description"] = json!("The GNU C Library: only in the statically linked program");
    Ok(vec![library("rust-std", &version(&rustc)?, "MIT OR Apache-2.0"), libc])
}

/// <https://github.com/package-url/purl-spec>
fn reference((name, version): &Id) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}
