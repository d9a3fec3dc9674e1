//! A real nginx (the Debian package `nginx`) as the proxy that takes TLS off before the service.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::{AtEnd, Process, free_port, loopback};
use crate::refuse_if_scripted;

/// Where Debian keeps servers; only root has it in the path.
const SYSTEM_PROGRAMS: &str = "/usr/sbin:/sbin";

/// Time for the server to take its first connection.
const START_LIMIT: Duration = Duration::from_mins(1);

/// What `docs/install.md` asks a proxy to send on.
pub const FORWARDED: &str = "\
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
";

/// A proxy with TLS on a loopback address, under every name; it ends when it is dropped.
#[derive(Debug)]
pub struct Nginx {
    port: u16,
    // Before the folder, which it writes to.
    _process: Process,
    folder: TempDir,
}

impl Nginx {
    /// Starts a proxy before this server, with more lines of its configuration: [`FORWARDED`], or none as nginx has it.
    pub async fn start(server: SocketAddr, more: &str) -> Self {
        Self::start_on(free_port(), server, more).await
    }

    /// The same on a port that is known before, since the service has to know its own address.
    pub async fn start_on(port: u16, server: SocketAddr, more: &str) -> Self {
        Self::with_servers(port, &proxying(port, server, more)).await
    }

    /// Starts one with these blocks `server`, and waits until it takes connections on `port`.
    pub async fn with_servers(port: u16, servers: &str) -> Self {
        refuse_if_scripted("nginx");
        let servers = servers.to_owned();
        let started = tokio::task::spawn_blocking(move || Self::launch(port, &servers));
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("nginx: {why}"))
    }

    /// The port at which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file of its certificate (PEM), for `*.test`.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("proxy.crt")
    }

    fn launch(port: u16, servers: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let write = || -> Result<(), Box<dyn std::error::Error>> {
            let certificate = rcgen::generate_simple_self_signed(["*.test".to_owned()])?;
            std::fs::write(folder.path().join("proxy.crt"), certificate.cert.pem())?;
            std::fs::write(folder.path().join("proxy.key"), certificate.signing_key.serialize_pem())?;
            Ok(std::fs::write(folder.path().join("nginx.conf"), configuration(servers))?)
        };
        write().map_err(|error| error.to_string())?;
        let path = format!("PATH={}:{SYSTEM_PROGRAMS}", std::env::var("PATH").unwrap_or_default());
        let place = folder.path().display().to_string();
        let process = Process::start(
            folder.path(),
            AtEnd::Keep,
            &["env", &path, "nginx", "-p", &place, "-c", "nginx.conf", "-e", "stderr"],
        )?;
        let deadline = Instant::now() + START_LIMIT;
        while TcpStream::connect(loopback(port)).is_err() {
            if Instant::now() > deadline {
                return Err(format!(
                    "it takes no connections (Debian: nginx); its standard error: {}",
                    process.error()
                ));
            }
            std::thread::yield_now();
        }
        Ok(Self { port, _process: process, folder })
    }
}

/// Relative names are in its folder. One process, without a user of its own who could not write there.
fn configuration(servers: &str) -> String {
    format!(
        "
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {servers}
}}
"
    )
}

fn proxying(port: u16, server: SocketAddr, more: &str) -> String {
    format!(
        "
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate proxy.crt;
        ssl_certificate_key proxy.key;
        location / {{
            proxy_pass http://{server};
            {more}
        }}
    }}
"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::chromium::Browser;
    use crate::web_server::{Answer, WebServer};

    #[tokio::test]
    async fn a_browser_gets_a_page_through_it() {
        let page = Answer::page("<title>Behind</title><link rel=icon href=data:,>");
        let site = WebServer::start(HashMap::from([("/page".to_owned(), page)])).await;
        let proxy = Nginx::start(site.address(), FORWARDED).await;
        let browser = Browser::start().await;
        browser.open(&format!("https://own.test:{}/page", proxy.port())).await;
        assert_eq!(browser.value("return document.title").await, "Behind");
        assert_eq!(browser.value("return isSecureContext").await, true);
    }
}
