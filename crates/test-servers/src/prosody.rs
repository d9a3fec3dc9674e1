//! A real Prosody 0.12 (`prosody/`; the Debian package `prosody`).

mod data;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;

use crate::openfire::{COMPONENT_SECRET, DOMAIN};
use crate::process::{AtEnd, Process, free_port, loopback};
use crate::seeds::{self, Person};
use crate::{asset, refuse_if_scripted};

/// Components of each kind that the server knows; unlike Openfire it takes no others.
const COMPONENTS: usize = 64;

/// A running Prosody.
#[derive(Debug)]
pub struct Prosody {
    process: Process,
    ports: Ports,
    options: ProsodyOptions,
    folder: PathBuf,
    /// Removes the folder in the end; none for the shared server, whose folder the lifeline removes.
    _guard: Option<TempDir>,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    c2s: u16,
    c2s_tls: u16,
    component: u16,
}

/// What a server of a test's own does differently from the shared one.
#[derive(Debug, Clone, Copy)]
pub struct ProsodyOptions {
    /// Whether the components of [`admin_component_name`] stand in the list `admins`, which is read at start only.
    pub component_admins: bool,
    /// SASL mechanisms that are not offered.
    pub disabled_mechanisms: &'static [&'static str],
}

impl Default for ProsodyOptions {
    fn default() -> Self {
        Self { component_admins: true, disabled_mechanisms: &[] }
    }
}

impl Prosody {
    /// The one server that most tests share. Take component names from [`component_name`] or
    /// [`admin_component_name`], and change nobody's data.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceLock<Result<Prosody, String>> = OnceLock::new();
        refuse_if_scripted("Prosody");
        let shared = tokio::task::spawn_blocking(|| {
            SHARED.get_or_init(|| {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?.keep();
                Self::launch(folder, None, ProsodyOptions::default())
            })
        });
        shared.await.expect("starting a server does not panic").as_ref().unwrap_or_else(|why| panic!("Prosody: {why}"))
    }

    /// A server of the test's own; it ends when it is dropped.
    pub async fn start(options: ProsodyOptions) -> Self {
        refuse_if_scripted("Prosody");
        let started = tokio::task::spawn_blocking(move || {
            let guard = tempfile::tempdir().map_err(|error| error.to_string())?;
            Self::launch(guard.path().to_owned(), Some(guard), options)
        });
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("Prosody: {why}"))
    }

    fn launch(folder: PathBuf, guard: Option<TempDir>, options: ProsodyOptions) -> Result<Self, String> {
        write_certificates(&folder).map_err(|why| format!("certificates: {why}"))?;
        for person in seeds::people() {
            data::write(&folder.join("data"), DOMAIN, person).map_err(|why| format!("{}: {why}", person.name))?;
        }
        let ports = Ports { c2s: free_port(), c2s_tls: free_port(), component: free_port() };
        let at_end = if guard.is_some() { AtEnd::Keep } else { AtEnd::Remove };
        let process = run(&folder, at_end, ports, options)?;
        Ok(Self { process, ports, options, folder, _guard: guard })
    }

    /// Where clients connect (STARTTLS).
    #[must_use]
    pub fn c2s(&self) -> SocketAddr {
        loopback(self.ports.c2s)
    }

    /// Where clients connect with TLS from the first byte.
    #[must_use]
    pub fn c2s_tls(&self) -> SocketAddr {
        loopback(self.ports.c2s_tls)
    }

    /// Where components connect.
    #[must_use]
    pub fn component(&self) -> SocketAddr {
        loopback(self.ports.component)
    }

    /// PEM file of the authority that signed the server's certificate.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Adds an account that no test has asked for before, since the server reads its file then.
    pub fn add_account(&self, name: &str, password: &str) {
        let person = Person { name: name.to_owned(), password: password.to_owned(), ..Person::default() };
        data::write(&self.folder.join("data"), DOMAIN, &person).expect("a writable folder");
    }

    /// What the server wrote into its log up to now.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("prosody.log")).unwrap_or_default()
    }

    /// Stops the server; its ports are closed afterwards.
    pub async fn stop(self) -> StoppedProsody {
        let Self { mut process, ports, options, folder, _guard: guard } = self;
        let guard = guard.expect("the shared server is not stopped; start one of your own");
        tokio::task::spawn_blocking(move || process.stop()).await.expect("stopping does not panic");
        StoppedProsody { ports, options, folder, guard }
    }
}

/// A Prosody that was stopped and can come back.
#[derive(Debug)]
pub struct StoppedProsody {
    ports: Ports,
    options: ProsodyOptions,
    folder: PathBuf,
    guard: TempDir,
}

impl StoppedProsody {
    /// Starts the server again: same ports, same users, same certificate.
    pub async fn start(self) -> Prosody {
        let Self { ports, options, folder, guard } = self;
        let started = tokio::task::spawn_blocking(move || {
            let process = run(&folder, AtEnd::Keep, ports, options)?;
            Ok::<_, String>(Prosody { process, ports, options, folder, _guard: Some(guard) })
        });
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("Prosody: {why}"))
    }
}

/// A component name that no other test of this run has, without rights of an administrator.
#[must_use]
#[track_caller]
pub fn component_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    name("component", &NEXT)
}

/// A component name that no other test of this run has, with the rights of an administrator.
#[must_use]
#[track_caller]
pub fn admin_component_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    name("admin", &NEXT)
}

#[track_caller]
fn name(kind: &str, next: &AtomicUsize) -> String {
    let number = next.fetch_add(1, Ordering::Relaxed);
    assert!(number < COMPONENTS, "more components than the server is configured for");
    format!("{kind}{number}.{DOMAIN}")
}

fn run(folder: &Path, at_end: AtEnd, ports: Ports, options: ProsodyOptions) -> Result<Process, String> {
    let assets = asset("prosody");
    let variables = [
        format!("PROSODY_HOME={}", folder.display()),
        format!("PROSODY_MODULES={}", assets.join("modules").display()),
        format!("PROSODY_C2S_PORT={}", ports.c2s),
        format!("PROSODY_C2S_TLS_PORT={}", ports.c2s_tls),
        format!("PROSODY_COMPONENT_PORT={}", ports.component),
        format!("PROSODY_ADMINS={}", if options.component_admins { COMPONENTS } else { 0 }),
        format!("PROSODY_COMPONENTS={COMPONENTS}"),
        format!("PROSODY_SECRET={COMPONENT_SECRET}"),
        format!("PROSODY_DISABLED_MECHANISMS={}", options.disabled_mechanisms.join(" ")),
    ];
    let config = assets.join("prosody.cfg.lua").display().to_string();
    let mut command = vec!["env"];
    command.extend(variables.iter().map(String::as_str));
    command.extend(["prosody", "-F", "--config", &config]);
    let process = Process::start(folder, at_end, &command)?;
    process.line("ready")?;
    Ok(process)
}

/// An authority, and from it a certificate of the domain.
fn write_certificates(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::new(Vec::new())?;
    // Not the name that rcgen gives: a certificate whose subject is its issuer's counts as self-signed.
    authority.distinguished_name.push(DnType::CommonName, "Prosody test authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let mut server = CertificateParams::new(vec![DOMAIN.to_owned()])?;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server = server.signed_by(&key, &authority)?;
    std::fs::write(folder.join("ca.pem"), authority.pem())?;
    std::fs::write(folder.join("server.crt"), server.pem())?;
    std::fs::write(folder.join("server.key"), key.serialize_pem())?;
    Ok(())
}
