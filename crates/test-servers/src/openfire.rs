//! A real Openfire 4.2.0 (`openfire/`).

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{AtEnd, Process};
pub use crate::seeds::DOMAIN;
use crate::slapd::{self, Slapd};
use crate::{asset, refuse_if_scripted, seeds};

/// The secret with which any component may connect.
pub const COMPONENT_SECRET: &str = "component-secret";

/// Components that the server lets use the admin commands: `admin0` and so on. Others get `forbidden`.
const ADMIN_COMPONENTS: usize = 64;
/// What a vCard takes from the directory: a part of the preset of Openfire's setup.
const VCARD_MAPPING: &str = "<vCard xmlns=\"vcard-temp\"><N><GIVEN>{cn}</GIVEN></N>\
     <EMAIL><INTERNET/><USERID>{mail}</USERID></EMAIL><FN>{displayName}</FN><NICKNAME>{uid}</NICKNAME></vCard>";

const CONTROL_LIMIT: Duration = Duration::from_secs(10);

/// A running Openfire.
#[derive(Debug)]
pub struct Openfire {
    process: Process,
    ports: Ports,
    arguments: Vec<String>,
    folder: PathBuf,
    /// Removes the folder in the end; none for the shared server, whose folder the lifeline removes.
    _guard: Option<TempDir>,
}

#[derive(Debug)]
struct Ports {
    c2s: SocketAddr,
    c2s_tls: SocketAddr,
    component: SocketAddr,
    component_tls: SocketAddr,
    console: Option<SocketAddr>,
    control: SocketAddr,
}

/// What a server of a test's own does differently from the shared one.
#[derive(Debug, Clone, Default)]
pub struct OpenfireOptions {
    arguments: Vec<String>,
    /// Users by number instead of the people of the seeds.
    numbered_users: bool,
}

impl OpenfireOptions {
    /// This many users with vCards and rosters, for load, and none of the people of the seeds: `user0` with password
    /// `pw0` and so on (`openfire/src/testserver/NumberedUsers.java`).
    #[must_use]
    pub fn numbered_users(count: usize) -> Self {
        Self { numbered_users: true, ..Self::default() }.set("USERS", &count.to_string())
    }

    /// Sets a key of `openfire/src/testserver/Options.java`, for example `TLS_PROTOCOLS`.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.arguments.push(format!("{key}={value}"));
        self
    }

    /// Sets a property of the server, for example `xmpp.socket.tcp-nodelay`.
    #[must_use]
    pub fn property(self, name: &str, value: &str) -> Self {
        self.set(&format!("P:{name}"), value)
    }

    /// With the web server of the admin console, but only with what plugins show there.
    #[must_use]
    pub fn console(self) -> Self {
        self.set("CONSOLE", "true")
    }

    /// Takes users, passwords, vCards and groups from a directory, as Openfire's setup writes it for OpenLDAP.
    #[must_use]
    pub fn ldap(self, directory: &Slapd) -> Self {
        self.ldap_at(directory.address())
    }

    /// The same with a directory at this address, for example behind a [`crate::ldap_proxy::LdapProxy`].
    #[must_use]
    pub fn ldap_at(self, address: SocketAddr) -> Self {
        [
            ("provider.auth.className", "org.jivesoftware.openfire.ldap.LdapAuthProvider"),
            ("provider.user.className", "org.jivesoftware.openfire.ldap.LdapUserProvider"),
            ("provider.group.className", "org.jivesoftware.openfire.ldap.LdapGroupProvider"),
            ("provider.vcard.className", "org.jivesoftware.openfire.ldap.LdapVCardProvider"),
            ("ldap.host", &address.ip().to_string()),
            ("ldap.port", &address.port().to_string()),
            ("ldap.sslEnabled", "false"),
            ("ldap.baseDN", slapd::BASE),
            ("ldap.adminDN", slapd::ADMIN),
            ("ldap.adminPassword", slapd::ADMIN_PASSWORD),
            ("ldap.usernameField", "uid"),
            ("ldap.nameField", "cn"),
            ("ldap.emailField", "mail"),
            ("ldap.searchFilter", "(objectClass=inetOrgPerson)"),
            ("ldap.groupNameField", "cn"),
            ("ldap.groupMemberField", "member"),
            ("ldap.groupDescriptionField", "description"),
            ("ldap.groupSearchFilter", "(objectClass=groupOfNames)"),
            ("ldap.posixMode", "false"),
            ("ldap.vcard-mapping", VCARD_MAPPING),
        ]
        .into_iter()
        .fold(self, |options, (name, value)| options.property(name, value))
    }
}

impl Openfire {
    /// The one server that most tests share. Make what you change your own: a user, a component name.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceLock<Result<Openfire, String>> = OnceLock::new();
        refuse_if_scripted("Openfire");
        let shared = tokio::task::spawn_blocking(|| {
            SHARED.get_or_init(|| {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?.keep();
                Self::launch(folder, None, OpenfireOptions::default())
            })
        });
        shared.await.expect("starting a server does not panic").as_ref().unwrap_or_else(|why| panic!("Openfire: {why}"))
    }

    /// A server of the test's own; it ends when it is dropped.
    pub async fn start(options: OpenfireOptions) -> Self {
        Self::try_start(options).await.unwrap_or_else(|why| panic!("Openfire: {why}"))
    }

    /// The same for a program that reports why the server does not start.
    pub async fn try_start(options: OpenfireOptions) -> Result<Self, String> {
        refuse_if_scripted("Openfire");
        let started = tokio::task::spawn_blocking(move || {
            let guard = tempfile::tempdir().map_err(|error| error.to_string())?;
            Self::launch(guard.path().to_owned(), Some(guard), options)
        });
        started.await.expect("starting a server does not panic")
    }

    fn launch(folder: PathBuf, guard: Option<TempDir>, options: OpenfireOptions) -> Result<Self, String> {
        let seeds = if options.numbered_users {
            Vec::new()
        } else {
            seed_files(&folder).map_err(|error| format!("seeds: {error}"))?
        };
        let mut arguments: Vec<String> = seeds.iter().map(|file| format!("SEED={}", file.display())).collect();
        arguments.extend(options.arguments);
        let at_end = if guard.is_some() { AtEnd::Keep } else { AtEnd::Remove };
        let (process, ports) = run(&folder, at_end, &arguments)?;
        Ok(Self { process, ports, arguments, folder, _guard: guard })
    }

    /// Where clients connect (STARTTLS).
    #[must_use]
    pub fn c2s(&self) -> SocketAddr {
        self.ports.c2s
    }

    /// Where clients connect with TLS from the first byte.
    #[must_use]
    pub fn c2s_tls(&self) -> SocketAddr {
        self.ports.c2s_tls
    }

    /// Where components connect.
    #[must_use]
    pub fn component(&self) -> SocketAddr {
        self.ports.component
    }

    /// Where components connect with TLS from the first byte.
    #[must_use]
    pub fn component_tls(&self) -> SocketAddr {
        self.ports.component_tls
    }

    /// Where the admin console's web server listens, in plain HTTP.
    #[must_use]
    #[track_caller]
    pub fn console(&self) -> SocketAddr {
        self.ports.console.expect("a server with `OpenfireOptions::console`")
    }

    /// PEM file of the authority that signed the server's certificate.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// What the server wrote into its log up to now.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("logs/openfire.log")).unwrap_or_default()
    }

    /// Changes something at run time: the fields of one line of `Control.java`. Gives what stands after `ok`.
    #[track_caller]
    pub fn control(&self, fields: &[&str]) -> impl Future<Output = String> + use<> {
        let caller = std::panic::Location::caller();
        let address = self.ports.control;
        let line = seeds::line(fields);
        async move {
            let reply = tokio::task::spawn_blocking(move || ask(address, &line));
            match reply.await.expect("asking does not panic") {
                Ok(reply) if reply.starts_with("ok") => reply["ok".len()..].trim().to_owned(),
                other => panic!("{caller}: Openfire's control port: {other:?}"),
            }
        }
    }

    /// Stops the server; its ports are closed afterwards.
    pub async fn stop(self) -> StoppedOpenfire {
        let Self { mut process, mut arguments, ports, folder, _guard: guard } = self;
        let guard = guard.expect("the shared server is not stopped; start one of your own");
        tokio::task::spawn_blocking(move || process.stop()).await.expect("stopping does not panic");
        let console = ports.console.map(|address| ("CONSOLE_PORT", address));
        for (key, address) in [
            ("C2S_PORT", ports.c2s),
            ("C2S_TLS_PORT", ports.c2s_tls),
            ("COMPONENT_PORT", ports.component),
            ("COMPONENT_TLS_PORT", ports.component_tls),
        ]
        .into_iter()
        .chain(console)
        {
            arguments.push(format!("{key}={}", address.port()));
        }
        StoppedOpenfire { arguments, folder, guard }
    }
}

/// An Openfire that was stopped and can come back.
#[derive(Debug)]
pub struct StoppedOpenfire {
    arguments: Vec<String>,
    folder: PathBuf,
    guard: TempDir,
}

impl StoppedOpenfire {
    /// Starts the server again: same ports, same users, same certificate.
    pub async fn start(self) -> Openfire {
        let Self { arguments, folder, guard } = self;
        let started = tokio::task::spawn_blocking(move || {
            let (process, ports) = run(&folder, AtEnd::Keep, &arguments)?;
            Ok::<_, String>(Openfire { process, ports, arguments, folder, _guard: Some(guard) })
        });
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("Openfire: {why}"))
    }
}

/// A component name that no other test of this run has, without rights of an administrator.
#[must_use]
pub fn component_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("component{}.{DOMAIN}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A component name that no other test of this run has, with the rights of an administrator.
#[must_use]
#[track_caller]
pub fn admin_component_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < ADMIN_COMPONENTS, "more admin components than the server is configured for");
    admin_component(number)
}

fn admin_component(number: usize) -> String {
    format!("admin{number}.{DOMAIN}")
}

/// The people, and the property that makes administrators of components.
fn seed_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut admins = vec![format!("admin@{DOMAIN}")];
    admins.extend((0..ADMIN_COMPONENTS).map(admin_component));
    let file = folder.join("admins.tsv");
    std::fs::write(&file, seeds::line(&["property", "admin.authorizedJIDs", &admins.join(",")]))?;
    let mut files = seeds::openfire_files(folder)?;
    files.push(file);
    Ok(files)
}

fn run(folder: &Path, at_end: AtEnd, arguments: &[String]) -> Result<(Process, Ports), String> {
    let script = asset("openfire/run.sh");
    let mut command = vec![text(&script)?, "start", text(folder)?];
    command.extend(arguments.iter().map(String::as_str));
    let process = Process::start(folder, at_end, &command)?;
    let ready = process.line("ready ")?;
    let ports = ports(&ready).ok_or_else(|| format!("a ready line without its ports: {ready}"))?;
    Ok((process, ports))
}

fn ports(ready: &str) -> Option<Ports> {
    let address = |key: &str| {
        ready.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('=')).and_then(|text| text.parse().ok())
    };
    Some(Ports {
        c2s: address("c2s")?,
        c2s_tls: address("c2s-tls")?,
        component: address("component")?,
        component_tls: address("component-tls")?,
        console: address("console"),
        control: address("control")?,
    })
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{} is not UTF-8", path.display()))
}

fn ask(address: SocketAddr, line: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, CONTROL_LIMIT)?;
    stream.set_read_timeout(Some(CONTROL_LIMIT))?;
    writeln!(stream, "{line}")?;
    let mut reply = String::new();
    BufReader::new(stream).read_line(&mut reply)?;
    Ok(reply)
}
