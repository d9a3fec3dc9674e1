//! The texts by which clients learn of a version.

use jiff::Timestamp;

use super::{Platform, Release};

/// The text at `link` that offers `release`.
pub(super) fn text(link: &str, platform: Platform, release: &Release) -> String {
    // As the client does it: everything up to the last slash.
    let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
    let release_folder = &release.folder;
    let download = format!("{folder}/{release_folder}/{}", release.installer.name);
    if platform.reads_appcast() {
        appcast(link, &download, &format!("{folder}/{release_folder}"), release)
    } else {
        // The client puts the link's own folder before this one, so it must be relative, and the other must not.
        let changes = release.changes.as_ref().map(|page| format!("{release_folder}/{page}"));
        descriptor(release_folder.as_str(), &download, changes.as_deref())
    }
}

/// The properties that `UpdateServiceImpl` reads.
fn descriptor(version: &str, download: &str, changes: Option<&str>) -> String {
    let entries = [("last_version", Some(version)), ("download_link", Some(download)), ("changes_html", changes)];
    let mut text = String::new();
    for (key, value) in entries {
        let Some(value) = value else { continue };
        text.push_str(key);
        text.push('=');
        jitsi_properties::escape(value, &mut text);
        text.push('\n');
    }
    // Escaped as a value in a template is; parsed and encoded again it reads as a person would write it.
    match jitsi_properties::parse(&text) {
        Ok(document) => String::from_utf8(jitsi_properties::encode(&document)).unwrap_or(text),
        Err(_) => text,
    }
}

/// The RSS feed with the namespace of Sparkle 1.5, which Jitsi for macOS brings along.
fn appcast(link: &str, download: &str, folder: &str, release: &Release) -> String {
    let version = xml(release.folder.as_str());
    let installer = &release.installer;
    // As RFC 2822 (section 3.3) has it. A file system that gives a time beyond the year 9999 is wrong anyway.
    let date = Timestamp::try_from(installer.modified).unwrap_or_default().strftime("%a, %-d %b %Y %H:%M:%S +0000");
    let signature = installer.signature.as_deref();
    let signature = signature.map(|text| format!(" sparkle:dsaSignature=\"{}\"", xml(text))).unwrap_or_default();
    let notes = release.changes.as_ref().map(|page| format!("{folder}/{page}"));
    let notes =
        notes.map(|link| format!("      <sparkle:releaseNotesLink>{}</sparkle:releaseNotesLink>\n", xml(&link)));
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <rss version=\"2.0\" xmlns:sparkle=\"http://www.andymatuschak.org/xml-namespaces/sparkle\">\n  \
           <channel>\n    \
             <title>Updates</title>\n    \
             <link>{link}</link>\n    \
             <item>\n      \
               <title>Version {version}</title>\n\
               {notes}      \
               <pubDate>{date}</pubDate>\n      \
               <enclosure url=\"{download}\" length=\"{size}\" type=\"application/octet-stream\" \
                 sparkle:version=\"{version}\"{signature}/>\n    \
             </item>\n  \
           </channel>\n\
         </rss>\n",
        link = xml(link),
        download = xml(download),
        size = installer.size,
        notes = notes.unwrap_or_default(),
    )
}

/// Text that stands for itself in XML, inside quotes too.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(character),
        }
    }
    out
}
