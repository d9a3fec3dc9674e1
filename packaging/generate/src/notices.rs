//! The licences of the crates in the binary, with the texts that their sources bring: MIT, BSD, ISC, Apache-2.0, MPL-2.0 and
//! Unicode-3.0 all ask that a binary comes with their notices.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::parts::{Id, Part};

/// How the names of files with licences begin, in lower case.
const BEGINNINGS: [&str; 6] = ["licen", "copying", "copyright", "notice", "unlicense", "authors"];

/// Folders in which some crates keep theirs.
const FOLDERS: [&str; 3] = ["LICENSES", "license", "licenses"];

/// All crates with their licences, and each text once with the crates that it belongs to.
pub(crate) fn of(program: &str, parts: &BTreeMap<Id, Part>) -> anyhow::Result<String> {
    let mut list = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((name, version), part) in parts.iter().filter(|(_, part)| part.checksum.is_some()) {
        writeln!(list, "{name} {version}: {}\n    https://crates.io/crates/{name}/{version}", part.licence)?;
        for file in files(&part.source)? {
            let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
            let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
            let file = file.strip_prefix(&part.source)?.display();
            texts.entry(text.trim().to_owned()).or_default().push(format!("{name} {version}, {file}"));
        }
    }
    let mut page = format!(
        "{program} is licensed under Apache-2.0 (see LICENSE). It contains the Rust standard library (MIT OR Apache-2.0,\n\
         https://github.com/rust-lang/rust) and the libraries below, unchanged. Their sources are at the addresses given.\n\n\
         A statically linked program also contains the GNU C Library (LGPL-2.1-or-later, Copyright the Free Software\n\
         Foundation, Inc.; https://www.gnu.org/software/libc/). To link it with another version of that library, build it from\n\
         its source: `scripts/release.sh` there shows how.\n\n\
         {list}"
    );
    // Sorted by the first crate that has it, not by the text.
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (text, owners) in texts {
        write!(page, "\n{}\n{}\n\n{text}\n", "=".repeat(80), owners.join("\n"))?;
    }
    Ok(page)
}

fn files(source: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(source).with_context(|| source.display().to_string())? {
        let (name, path) = entry.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))?;
        if path.is_dir() && FOLDERS.contains(&&*name) {
            for entry in std::fs::read_dir(&path)? {
                found.push(entry?.path());
            }
        } else if path.is_file() && BEGINNINGS.iter().any(|beginning| name.to_lowercase().starts_with(beginning)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
