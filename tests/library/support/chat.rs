//! A chat client: it logs in, says that it is there, and reads the messages that come.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use test_servers::openfire::DOMAIN;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, version};
use xmpp_parsers::minidom::Element;

/// Time in which the server answers.
const LIMIT: Duration = Duration::from_secs(20);

/// A client that is online.
pub struct ChatClient {
    stream: TlsStream<TcpStream>,
    heard: String,
}

impl ChatClient {
    /// Logs in at the port for direct TLS (RFC 6120, XEP-0368) with PLAIN, binds a resource and sends its presence.
    pub async fn online(address: SocketAddr, ca_file: &Path, user: &str, password: &str) -> Self {
        let mut authorities = RootCertStore::empty();
        authorities.add(CertificateDer::from_pem_file(ca_file).unwrap()).unwrap();
        let provider = tokio_rustls::rustls::crypto::ring::default_provider();
        let config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&version::TLS12])
            .unwrap()
            .with_root_certificates(authorities)
            .with_no_client_auth();
        let tcp = TcpStream::connect(address).await.unwrap();
        let tls = TlsConnector::from(Arc::new(config)).connect(DOMAIN.try_into().unwrap(), tcp);
        let mut client = Self { stream: timeout(LIMIT, tls).await.unwrap().unwrap(), heard: String::new() };
        client.open().await;
        let plain = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
        client.say(&format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>")).await;
        client.hear("<success", "/>", LIMIT).await.expect("an accepted login");
        client.open().await;
        client.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>").await;
        client.hear("<iq", "</iq>", LIMIT).await.expect("a resource");
        client.say("<presence/>").await;
        client
    }

    /// The next message, as `<message xmlns='jabber:client' …>`; none when none comes in this time.
    pub async fn message(&mut self, within: Duration) -> Option<Element> {
        let text = self.hear("<message", "</message>", within).await?;
        Some(text.replacen("<message", "<message xmlns='jabber:client'", 1).parse().unwrap())
    }

    async fn open(&mut self) {
        self.say(&format!(
            "<stream:stream to='{DOMAIN}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        ))
        .await;
        self.hear("<stream:features", "</stream:features>", LIMIT).await.expect("the features");
    }

    async fn say(&mut self, text: &str) {
        timeout(LIMIT, self.stream.write_all(text.as_bytes())).await.unwrap().unwrap();
    }

    /// Reads on until an element that begins with `begin` has ended with `end`, and gives it.
    async fn hear(&mut self, begin: &str, end: &str, within: Duration) -> Option<String> {
        let heard = async {
            loop {
                if let Some(from) = self.heard.find(begin)
                    && let Some(length) = self.heard[from..].find(end)
                {
                    let rest = self.heard.split_off(from + length + end.len());
                    return std::mem::replace(&mut self.heard, rest).split_off(from);
                }
                let mut bytes = [0; 4096];
                let read = self.stream.read(&mut bytes).await.unwrap();
                assert_ne!(read, 0, "closed after {}", self.heard);
                self.heard.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
        };
        timeout(within, heard).await.ok()
    }
}
