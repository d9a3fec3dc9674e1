//! The plugin for Openfire's admin console: its classes are those of the source, and a real Openfire runs it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use openfire_provisioner::console_plugin::{FILE_NAME, PROPERTY, jar};
use openfire_provisioner::model::config::OwnUrl;
use test_servers::jdk;
use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The plugin's name, which is that of its file.
const NAME: &str = "openfire-provisioner";
const FIRST: &str = "https://provisioning.example.org";
const LIBRARY: &str = "lib/plugin-openfire-provisioner.jar";
const SERVLET: &str = "openfireprovisioner/PagesServlet.class";

/// Another JDK may write the same class in other bytes.
const JDK_OF_THE_CLASSES: u32 = 17;
/// What Java 8 loads, on which Openfire 4.2 runs (JVMS 4.1).
const JAVA_8: u16 = 52;

type Files = BTreeMap<String, Vec<u8>>;

fn plugin(address: &str) -> Vec<u8> {
    jar(&OwnUrl::parse(address).unwrap()).unwrap()
}

fn unzipped(bytes: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Files::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn zipped(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::DEFAULT).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

#[tokio::test]
async fn the_classes_in_the_jar_are_those_of_the_source_for_java_8() {
    let version = jdk::version().await;
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/console-plugin/compile.sh");
    let compile = tokio::process::Command::new(&script).arg(folder.path()).output().await.unwrap();
    assert!(compile.status.success(), "{}", String::from_utf8_lossy(&compile.stderr));

    let embedded = unzipped(&unzipped(&plugin(FIRST))[LIBRARY]);
    let package = folder.path().join("openfireprovisioner");
    let compiled: Vec<String> = package.read_dir().unwrap().map(|entry| name(&entry.unwrap().path())).collect();
    assert_eq!(compiled.len(), embedded.len(), "{compiled:?}");
    for (name, class) in &embedded {
        let file = folder.path().join(name);
        let source = jdk::class_text(&file).await;
        let same_bytes = std::fs::read(&file).unwrap() == *class;
        std::fs::write(&file, class).unwrap();
        let hint = "run packaging/console-plugin/compile.sh";
        assert_eq!(jdk::class_text(&file).await, source, "{name}: {hint}");
        assert!(same_bytes || version != JDK_OF_THE_CLASSES, "{name}: {hint}");
        assert_eq!(u16::from_be_bytes([class[6], class[7]]), JAVA_8, "{name}");
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// An Openfire with the web server of its console, and a folder from where it takes plugins.
struct Console {
    openfire: Openfire,
    folder: tempfile::TempDir,
}

/// What a browser would get.
struct Page {
    status: u16,
    headers: String,
    body: String,
}

impl Console {
    async fn start() -> Self {
        let openfire = Openfire::start(OpenfireOptions::default().console()).await;
        Self { openfire, folder: tempfile::tempdir().unwrap() }
    }

    /// By the call that the console's upload makes, which ends when Openfire has gone through its folder.
    async fn install(&self, file: &str, plugin: &[u8]) {
        let path: PathBuf = self.folder.path().join(file);
        std::fs::write(&path, plugin).unwrap();
        self.openfire.control(&["install-plugin", path.to_str().unwrap()]).await;
    }

    async fn plugins(&self) -> Vec<String> {
        self.openfire.control(&["plugins"]).await.split(',').map(str::to_owned).collect()
    }

    async fn get(&self, page: &str) -> Page {
        request(self.openfire.console(), "GET", &format!("/plugins/{NAME}/{page}")).await
    }

    /// Where the link of the sidebar leads.
    async fn target(&self) -> String {
        let page = self.get("pages.html").await;
        assert_eq!((page.status, page.body.as_str()), (302, ""), "{}", page.headers);
        page.header("Location").unwrap_or_else(|| panic!("no Location: {}", page.headers))
    }

    /// The errors and warnings in Openfire's log, but for one of its connection pool at every start.
    fn trouble(&self) -> Vec<String> {
        let log = self.openfire.log();
        let is_trouble = |line: &&str| {
            line.contains(" ERROR ") || line.contains(" WARN ") && !line.contains("org.logicalcobwebs.proxool")
        };
        log.lines().filter(is_trouble).map(str::to_owned).collect()
    }
}

impl Page {
    fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.headers.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect();
        assert!(values.len() <= 1, "{}", self.headers);
        values.first().map(|value| (*value).to_owned())
    }
}

async fn request(address: SocketAddr, method: &str, path: &str) -> Page {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        reply
    };
    let reply = timeout(Duration::from_secs(20), exchange).await.expect("an answer in time");
    let (headers, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
    Page { status, headers: headers.to_owned(), body: body.to_owned() }
}

#[tokio::test]
async fn openfire_loads_reloads_and_unloads_the_plugin_without_an_error() {
    let console = Console::start().await;
    console.install(FILE_NAME, &plugin(FIRST)).await;
    assert!(console.plugins().await.contains(&NAME.to_owned()));
    let model = console.openfire.control(&["console"]).await;
    let (_, settings) = model.split_once("id=\"sidebar-server-settings\"").unwrap();
    let (settings, _) = settings.split_once("</sidebar>").unwrap();
    let (_, item) = settings.split_once("<item id=\"openfire-provisioner\"").expect("an entry under Server Settings");
    let (item, _) = item.split_once('>').unwrap();
    assert!(item.contains(" name=\"Jitsi Provisioning\""), "{item}");
    assert!(item.contains(" url=\"plugins/openfire-provisioner/pages.html\""), "{item}");
    assert_eq!(console.target().await, "address.html");

    console.install(FILE_NAME, &plugin("https://moved.example.org")).await;
    assert!(console.plugins().await.contains(&NAME.to_owned()));
    assert_eq!(console.target().await, "address.html");
    let page = console.get("address.html").await.body;
    assert!(page.contains("0;url=https://moved.example.org/admin/") && !page.contains(FIRST), "{page}");

    console.openfire.control(&["delete-plugin", NAME]).await;
    assert!(!console.plugins().await.contains(&NAME.to_owned()));
    assert!(!console.openfire.control(&["console"]).await.contains(NAME));
    assert_eq!(console.get("pages.html").await.status, 404);

    assert_eq!(console.trouble(), Vec::<String>::new());
    let log = console.openfire.log();
    for (line, times) in [
        ("Successfully loaded plugin 'openfire-provisioner'.", 2),
        ("Successfully unloaded plugin 'openfire-provisioner'.", 2),
    ] {
        assert_eq!(log.matches(line).count(), times, "{line}");
    }
}

#[tokio::test]
async fn the_link_leads_to_the_property_or_to_a_page_and_never_to_what_is_no_web_address() {
    let console = Console::start().await;
    console.install(FILE_NAME, &plugin(FIRST)).await;
    for (property, target) in [
        ("https://moved.example.org", "https://moved.example.org/admin/"),
        ("https://moved.example.org/", "https://moved.example.org/admin/"),
        (" https://moved.example.org:9443/admin/ \r\n", "https://moved.example.org:9443/admin/"),
        ("http://[::1]:8080/behind/a/proxy", "http://[::1]:8080/behind/a/proxy"),
        ("", "address.html"),
        (" \t\n", "address.html"),
        ("moved.example.org", "property.html"),
        ("//moved.example.org", "property.html"),
        ("https:moved.example.org", "property.html"),
        ("https:///admin/", "property.html"),
        ("ftp://moved.example.org", "property.html"),
        ("javascript:alert(1)", "property.html"),
        ("data:text/html,<script>alert(1)</script>", "property.html"),
        ("https://moved.example.org@evil.example", "property.html"),
        ("https://moved.example.org\\@evil.example", "property.html"),
        ("https://moved.example.org?next=//evil.example", "property.html"),
        ("https://moved.example.org/#x", "property.html"),
        ("https://moved.example.org/\"><script>alert(1)</script>", "property.html"),
        ("https://moved.example.org\r\nSet-Cookie: JSESSIONID=x", "property.html"),
        ("https://moved.example.org/\r\n\r\n<script>alert(1)</script>", "property.html"),
        ("https://moved.example.org/\u{e560}\u{a}x", "property.html"),
        ("https://möved.example.org", "property.html"),
        (&format!("https://moved.example.org/{}", "x".repeat(2000)), "property.html"),
    ] {
        console.openfire.control(&["property", PROPERTY, property]).await;
        assert_eq!(console.target().await, target, "{property:?}");
    }
    console.openfire.control(&["delete-property", PROPERTY]).await;
    assert_eq!(console.target().await, "address.html");

    let path = format!("/plugins/{NAME}/pages.html");
    for (method, status) in [("HEAD", 302), ("POST", 405)] {
        assert_eq!(request(console.openfire.console(), method, &path).await.status, status, "{method}");
    }
    let redirect = console.get("pages.html").await;
    assert_eq!(redirect.header("Cache-Control").as_deref(), Some("no-store"));
    let files = unzipped(&plugin(FIRST));
    for name in ["address.html", "property.html"] {
        let page = console.get(name).await;
        assert_eq!((page.status, page.header("Content-Type").as_deref()), (200, Some("text/html")));
        assert_eq!(page.body, text(&files, &format!("web/{name}")));
        assert!(page.body.contains(&format!("<a href=\"{FIRST}/admin/\">")), "{}", page.body);
    }
    assert_eq!(console.trouble(), Vec::<String>::new());
}

/// As under an Openfire whose servlets are of another kind (`jakarta.servlet`): the class cannot be loaded.
#[tokio::test]
async fn the_link_works_where_openfire_cannot_run_the_servlet() {
    let console = Console::start().await;
    let mut files = unzipped(&plugin(FIRST));
    let mut classes = unzipped(&files[LIBRARY]);
    classes.remove(SERVLET).unwrap();
    files.insert(LIBRARY.to_owned(), zipped(&classes));
    console.install(FILE_NAME, &zipped(&files)).await;

    assert!(console.plugins().await.contains(&NAME.to_owned()));
    let page = console.get("pages.html").await;
    assert_eq!((page.status, page.header("Content-Type").as_deref()), (200, Some("text/html")));
    assert!(
        page.body.contains(&format!("<meta http-equiv=\"refresh\" content=\"0;url={FIRST}/admin/\">")),
        "{}",
        page.body
    );
}
