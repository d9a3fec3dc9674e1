//! The plugin for Openfire's admin console: a jar that leads from the console to the administrators' pages.
//!
//! It holds an entry for the sidebar, a servlet that redirects, and static pages, all with the address of the pages and
//! nothing else. Its parts are in `packaging/console-plugin/`; the Java classes there are compiled beforehand, so that
//! the service needs no JDK.

use std::io::{Cursor, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::model::config::OwnUrl;

/// The file name to give the jar. Openfire names a plugin after its file, so another name makes another plugin.
pub const FILE_NAME: &str = "openfire-provisioner.jar";

/// The system property of Openfire that wins over the address in the jar.
pub const PROPERTY: &str = "provisioning.url";

/// Where the pages are at each of their addresses.
const PATH: &str = "/admin/";

/// The jar could not be put together.
#[derive(Debug, thiserror::Error)]
#[error("the plugin could not be packed")]
pub struct JarError(#[from] ZipError);

/// What the plugin opens: the pages at this address.
#[must_use]
pub fn pages(address: &OwnUrl) -> String {
    format!("{address}{PATH}")
}

/// The plugin as a jar for Openfire 4.2 and later, about 10 KB. The same address gives the same bytes.
pub fn jar(address: &OwnUrl) -> Result<Vec<u8>, JarError> {
    let filled = |text: &str| {
        let text = text.replace("{address}", &escaped(&pages(address)));
        text.replace("{version}", &escaped(env!("CARGO_PKG_VERSION"))).into_bytes()
    };
    let page = filled(include_str!("../packaging/console-plugin/web/address.html"));
    Ok(zipped(&[
        ("lib/plugin-openfire-provisioner.jar", &classes()?),
        // The icon of the pages, 16 pixels wide.
        ("logo_small.png", include_bytes!("../packaging/console-plugin/logo_small.png")),
        ("plugin.xml", &filled(include_str!("../packaging/console-plugin/plugin.xml"))),
        ("readme.html", &filled(include_str!("../packaging/console-plugin/readme.html"))),
        ("web/WEB-INF/web.xml", include_bytes!("../packaging/console-plugin/web/WEB-INF/web.xml")),
        ("web/address.html", &page),
        // The servlet answers at this path. Where Openfire cannot run it, it sends this file instead.
        ("web/pages.html", &page),
        ("web/property.html", &filled(include_str!("../packaging/console-plugin/web/property.html"))),
    ])?)
}

/// Openfire loads classes only from jars in the plugin's folder `lib`.
fn classes() -> Result<Vec<u8>, ZipError> {
    zipped(&[
        (
            "openfireprovisioner/ConsolePlugin.class",
            include_bytes!("../packaging/console-plugin/classes/openfireprovisioner/ConsolePlugin.class"),
        ),
        (
            "openfireprovisioner/PagesServlet.class",
            include_bytes!("../packaging/console-plugin/classes/openfireprovisioner/PagesServlet.class"),
        ),
    ])
}

/// Files, sorted by their names, as they are, with one fixed time.
fn zipped(files: &[(&str, &[u8])]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::DEFAULT
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// For HTML and XML, between tags and in quoted attributes.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, char| {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    fn address(text: &str) -> OwnUrl {
        OwnUrl::parse(text).unwrap()
    }

    fn files(jar: Vec<u8>) -> Vec<(String, Vec<u8>)> {
        let mut archive = ZipArchive::new(Cursor::new(jar)).unwrap();
        let mut files = Vec::new();
        for number in 0..archive.len() {
            let mut file = archive.by_index(number).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            files.push((file.name().unwrap().into_owned(), bytes));
        }
        files
    }

    #[test]
    fn a_jar_has_its_files_in_order_and_the_same_bytes_each_time() {
        let made = || jar(&address("https://provisioning.example.org")).unwrap();
        let first = made();
        assert_eq!(first, made());
        assert!(first.len() < 16 * 1024, "{}", first.len());
        let files = files(first);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let version = format!("<version>{}</version>", env!("CARGO_PKG_VERSION"));
        let plugin = files.iter().find(|(name, _)| name == "plugin.xml").unwrap();
        assert!(String::from_utf8_lossy(&plugin.1).contains(&version));
    }

    /// A host name with characters that mean something in HTML is none on the Internet, but a configuration may have it.
    #[test]
    fn an_address_is_escaped_where_it_is_written_and_no_place_is_forgotten() {
        let jar = jar(&address("https://provisioning.example.org&copy=1")).unwrap();
        let mut written = 0;
        for (name, bytes) in files(jar).into_iter().filter(|(name, _)| !name.starts_with("lib/")) {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("{address}") && !text.contains("{version}"), "{name}: {text}");
            assert!(!text.contains("&copy"), "{name}: {text}");
            written += text.matches("https://provisioning.example.org&amp;copy=1/admin/").count();
        }
        assert_eq!(written, 3 + 3 + 2 + 2);
        assert_eq!(escaped("<&>\"'"), "&lt;&amp;&gt;&quot;&#39;");
    }
}
