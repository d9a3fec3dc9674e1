//! One connection of the peer, and how it plays a script.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::{ByUser, Step, scram, text};

pub(super) struct Connection {
    io: Io,
    acceptor: TlsAcceptor,
    certificate: Arc<[u8]>,
    /// What has been read and not been expected yet.
    input: String,
    /// What was expected and came, since something was last sent.
    heard: String,
}

enum Io {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two, and after a handshake that failed.
    Gone,
}

trait ReadAndWrite: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> ReadAndWrite for T {}

impl Connection {
    pub(super) fn new(stream: TcpStream, acceptor: TlsAcceptor, certificate: Arc<[u8]>) -> Self {
        Self { io: Io::Clear(stream), acceptor, certificate, input: String::new(), heard: String::new() }
    }

    /// Plays the script until it is done or the other side is gone, then waits until the other side has closed. Gives
    /// what came and was not expected.
    pub(super) async fn play(mut self, script: Vec<Step>) -> String {
        for step in script {
            if self.step(step).await.is_err() {
                break;
            }
        }
        while self.read().await.is_ok() {}
        self.input
    }

    async fn step(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Expect(text) => self.expect(text).await,
            Step::Foresee(text) => {
                while !self.input.contains(text) {
                    self.read().await?;
                }
                Ok(())
            }
            Step::Send(text) => self.send(&text).await,
            Step::Flood(text, times) => {
                for _ in 0..times {
                    self.send(text).await?;
                }
                Ok(())
            }
            Step::Trickle(text, interval) => {
                let mut ticks = tokio::time::interval(interval);
                for byte in text.bytes() {
                    ticks.tick().await;
                    self.io()?.write_all(&[byte]).await?;
                    self.io()?.flush().await?;
                }
                Ok(())
            }
            Step::Tls => self.secure().await,
            Step::Scram(script) => self.scram(&script).await,
            Step::Session(roster) => self.session(roster).await,
            Step::Until(mut it) => it.wait_for(|it| *it).await.map(|_| ()).map_err(io::Error::other),
            Step::Tell(it) => {
                it.send_replace(true);
                Ok(())
            }
            Step::ByUser(by_user) => self.by_user(&by_user).await,
            Step::Cut => match &mut self.io {
                Io::Clear(stream) => stream.shutdown().await,
                Io::Tls(stream) => stream.get_mut().0.shutdown().await,
                Io::Gone => Ok(()),
            },
        }
    }

    /// PLAIN is authorization identity, user name and password, each ended by a zero byte (RFC 4616).
    async fn by_user(&mut self, ByUser(script): &ByUser) -> io::Result<()> {
        self.expect("</auth>").await?;
        let text = self.heard.trim_end_matches("</auth>");
        let message = STANDARD.decode(text.rsplit('>').next().unwrap_or_default()).map_err(io::Error::other)?;
        let message = String::from_utf8(message).map_err(io::Error::other)?;
        let [_, name, password] = *message.split('\0').collect::<Vec<_>>() else { panic!("not PLAIN: {message:?}") };
        for step in script(name, password) {
            Box::pin(self.step(step)).await?;
        }
        Ok(())
    }

    async fn scram(&mut self, script: &super::Scram) -> io::Result<()> {
        let mut server = scram::Server::new(script, &self.heard, &self.certificate, self.exporter());
        if let Some(challenge) = server.challenge() {
            self.send(&challenge).await?;
            self.expect("</response>").await?;
        }
        for text in server.verdict(&self.heard) {
            self.send(&text).await?;
            if text.starts_with("<challenge") {
                self.expect("<response").await?;
                self.expect(">").await?;
            }
        }
        Ok(())
    }

    async fn session(&mut self, roster: Option<&str>) -> io::Result<()> {
        self.expect("<stream:stream").await?;
        self.expect(">").await?;
        self.send(&(text::header() + text::OPENFIRE_5_SESSION)).await?;
        self.expect("urn:ietf:params:xml:ns:xmpp-bind").await?;
        self.expect("</iq>").await?;
        if self.input.contains("jabber:iq:roster") {
            self.send(text::OPENFIRE_5_TOO_EARLY).await?;
            return self.send(text::OPENFIRE_5_BOUND).await;
        }
        self.send(text::OPENFIRE_5_BOUND).await?;
        self.expect("jabber:iq:roster").await?;
        self.expect("</iq>").await?;
        match roster {
            Some(roster) => self.send(roster).await,
            None => Ok(()),
        }
    }

    fn exporter(&self) -> Option<[u8; 32]> {
        let Io::Tls(stream) = &self.io else { return None };
        stream.get_ref().1.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b"")).ok()
    }

    async fn secure(&mut self) -> io::Result<()> {
        if let Io::Clear(stream) = std::mem::replace(&mut self.io, Io::Gone) {
            self.io = Io::Tls(Box::new(self.acceptor.accept(stream).await?));
        }
        Ok(())
    }

    async fn expect(&mut self, text: &str) -> io::Result<()> {
        loop {
            if let Some(position) = self.input.find(text) {
                let rest = self.input.split_off(position + text.len());
                self.heard.push_str(&std::mem::replace(&mut self.input, rest));
                return Ok(());
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        let read = self.io()?.read(&mut buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.input.push_str(&String::from_utf8_lossy(&buffer[..read]));
        Ok(())
    }

    async fn send(&mut self, text: &str) -> io::Result<()> {
        self.heard.clear();
        let io = self.io()?;
        io.write_all(text.as_bytes()).await?;
        io.flush().await
    }

    fn io(&mut self) -> io::Result<&mut dyn ReadAndWrite> {
        match &mut self.io {
            Io::Clear(stream) => Ok(stream),
            Io::Tls(stream) => Ok(stream),
            Io::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}
