//! To which stage of a reply a sample of the processor belongs.

/// A stage of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// SCRAM: PBKDF2, HMAC and the hash below them.
    Hash,
    /// Keys, certificates and signatures of TLS.
    Handshake,
    /// What TLS does to data, and its buffers.
    Records,
    /// Streams and stanzas, to text and from it.
    Xml,
    /// The template, its lint and the encoding.
    Reply,
    /// HTTP, up to the handler.
    Http,
    /// Memory.
    Allocation,
    /// What the kernel does for sockets.
    Network,
    /// What else it does: scheduling, waits, pages.
    Kernel,
    /// tokio.
    RunTime,
    /// The log, its spans and the metrics.
    Log,
    /// All else of the service.
    Rest,
}

impl Stage {
    /// In the order of the table.
    pub(super) const ALL: [Self; 12] = [
        Self::Hash,
        Self::Handshake,
        Self::Records,
        Self::Xml,
        Self::Reply,
        Self::Http,
        Self::Allocation,
        Self::Network,
        Self::Kernel,
        Self::RunTime,
        Self::Log,
        Self::Rest,
    ];

    /// Its name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hash => "SCRAM: PBKDF2, HMAC, hash",
            Self::Handshake => "TLS: handshake",
            Self::Records => "TLS: records and buffers",
            Self::Xml => "XML: streams and stanzas",
            Self::Reply => "template, lint, encode",
            Self::Http => "HTTP",
            Self::Allocation => "memory allocation",
            Self::Network => "kernel: network",
            Self::Kernel => "kernel: all else",
            Self::RunTime => "run time (tokio)",
            Self::Log => "log and metrics",
            Self::Rest => "the rest of the service",
        }
    }

    /// The stage of a stack, the innermost function first: that of the first function which belongs to one. So memory is
    /// copied for him who copies, but allocated for its own stage.
    pub(super) fn of(stack: &[Frame]) -> Self {
        if stack.first().is_some_and(|frame| frame.in_kernel) {
            let mut kernel = stack.iter().take_while(|frame| frame.in_kernel);
            return if kernel.any(|frame| is_network(&frame.symbol)) { Self::Network } else { Self::Kernel };
        }
        stack.iter().find_map(|frame| Self::of_symbol(&frame.symbol)).unwrap_or(Self::Rest)
    }

    fn of_symbol(symbol: &str) -> Option<Self> {
        let home = home(symbol);
        let in_any = |paths: &[&str]| paths.iter().any(|path| home.starts_with(path));
        let names_any = |words: &[&str]| words.iter().any(|word| home.contains(word));
        if in_any(&ALLOCATION) {
            return Some(Self::Allocation);
        }
        if names_any(&["pbkdf2", "hmac", "scram"])
            || in_any(&["sha1::", "sha2::", "digest::", "openfire_provisioner::openfire::login::sasl"])
        {
            return Some(Self::Hash);
        }
        if home.starts_with("ring") {
            // Its hash serves both SCRAM and TLS: who called it decides.
            return if names_any(&RING_RECORDS) {
                Some(Self::Records)
            } else {
                names_any(&RING_HANDSHAKE).then_some(Self::Handshake)
            };
        }
        if in_any(&["rustls", "tokio_rustls", "webpki", "openfire_provisioner::openfire::tls"]) {
            let is_handshake = names_any(&RUSTLS_HANDSHAKE) && !names_any(&RUSTLS_RECORDS);
            return Some(if is_handshake { Self::Handshake } else { Self::Records });
        }
        ROOMS.iter().find(|(_, paths)| in_any(paths)).map(|(stage, _)| *stage)
    }
}

/// Words in ring's names by what it does; its SHA-384 makes the keys of TLS 1.2.
const RING_RECORDS: [&str; 6] = ["gcm", "ghash", "aes", "chacha", "poly1305", "aead"];
const RING_HANDSHAKE: [&str; 11] =
    ["25519", "p256", "p384", "bn_", "rsa", "::ec", "bigint", "limb", "LIMB", "arithmetic", "sha512"];
/// The same of rustls. The client's code is in its handshake but for its streams.
const RUSTLS_RECORDS: [&str; 4] = ["record_layer", "cipher", "Stream", "vecbuf"];
const RUSTLS_HANDSHAKE: [&str; 10] =
    ["::client", "handshake", "verif", "webpki", "key_schedule", "tls12", "tls13", "hash_hs", "crypto", "prf"];

/// Where memory comes from, and where it goes.
const ALLOCATION: [&str; 16] = [
    "malloc",
    "calloc",
    "realloc",
    "free",
    "cfree",
    "_int_",
    "__libc_malloc",
    "__libc_free",
    "__libc_calloc",
    "__libc_realloc",
    "unlink_chunk",
    "sysmalloc",
    "tcache",
    "__rust_alloc",
    "__rust_dealloc",
    "__rust_realloc",
];

/// Crates and rooms of the service by their stages; earlier ones count first.
const ROOMS: [(Stage, &[&str]); 6] = [
    (
        Stage::Xml,
        &[
            "rxml",
            "xso",
            "minidom",
            "tokio_xmpp",
            "xmpp_parsers",
            "jid",
            "openfire_provisioner::openfire::login::stream::depth_limited",
            "openfire_provisioner::openfire::vcard",
            "openfire_provisioner::openfire::roster",
        ],
    ),
    (
        Stage::Reply,
        &[
            "minijinja",
            "jitsi_properties",
            "openfire_provisioner::template",
            "openfire_provisioner::policy",
            "openfire_provisioner::provision::render",
        ],
    ),
    (Stage::Http, &["hyper", "warp", "http", "httparse", "headers", "form_urlencoded", "openfire_provisioner::http"]),
    (Stage::RunTime, &["tokio", "mio", "futures"]),
    (Stage::Log, &["tracing", "prometheus_client", "openfire_provisioner::telemetry"]),
    (Stage::Rest, &["openfire_provisioner"]),
];

fn is_network(symbol: &str) -> bool {
    let begins = [
        "tcp_", "__tcp", "inet_", "ip_", "__ip_", "sock_", "__sock", "__sys_", "net_", "__net", "skb_", "__skb",
        "napi", "loopback",
    ];
    let calls = ["__sys_futex", "__sys_membarrier"];
    begins.iter().any(|begin| symbol.starts_with(begin)) && !calls.contains(&symbol)
}

/// One function of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its name, readable.
    pub(super) symbol: String,
    /// It is the kernel's.
    pub(super) in_kernel: bool,
}

/// The path of the module that a function is in, without what it is generic over: of `<rustls::Stream<T> as Read>::read`
/// that of the type, of a drop that of what is dropped.
fn home(symbol: &str) -> &str {
    let mut path = symbol;
    loop {
        let before = path;
        for wrapped in ["<", "&", "mut ", "dyn ", "core::ptr::drop_in_place<", "core::pin::Pin<", "alloc::boxed::Box<"]
        {
            path = path.strip_prefix(wrapped).unwrap_or(path);
        }
        if path == before {
            break;
        }
    }
    path.split(['<', ' ', '>', ',']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(symbols: &[&str]) -> Stage {
        let frame = |symbol: &&str| match symbol.strip_prefix("kernel ") {
            Some(symbol) => Frame { symbol: symbol.to_owned(), in_kernel: true },
            None => Frame { symbol: (*symbol).to_owned(), in_kernel: false },
        };
        Stage::of(&symbols.iter().map(frame).collect::<Vec<_>>())
    }

    #[test]
    fn the_innermost_function_that_belongs_to_a_stage_decides() {
        let poll = "tokio::runtime::task::raw::poll<openfire_provisioner::http::server::connection>";
        for (expected, stack) in [
            (Stage::Hash, &["ring::digest::sha1::block_data_order", "ring::pbkdf2::derive", poll][..]),
            (Stage::Hash, &["sha1::compress::x86::digest_blocks", "core::iter::fold", poll]),
            (Stage::Handshake, &["ring_core_0_17_14__x25519_scalar_mult", "rustls::client::hs::emit", poll]),
            (Stage::Handshake, &["ring::digest::sha512::block", "rustls::hash_hs::HandshakeHash::update_raw", poll]),
            (
                Stage::Records,
                &["__memmove_avx", "<tokio_rustls::client::TlsStream<T> as tokio::io::AsyncRead>::poll_read"],
            ),
            (Stage::Records, &["ring_core_0_17_14__aesni_gcm_encrypt", "rustls::client::tls12::encrypt"]),
            (Stage::Xml, &["core::ptr::drop_in_place<minidom::element::Element>", "hyper::proto::h1::dispatch"]),
            (Stage::Reply, &["core::str::from_utf8", "minijinja::vm::eval", poll]),
            (Stage::Allocation, &["_int_malloc", "malloc", "minijinja::vm::eval", poll]),
            (Stage::Http, &["<&mut hyper::proto::h1::io::Buffered<T,B> as X>::poll", poll]),
            (Stage::Network, &["kernel copy_user", "kernel tcp_sendmsg", "kernel do_syscall_64", "write", poll]),
            (Stage::Kernel, &["kernel schedule", "kernel futex_wait", "syscall", "tcp_of_ours"]),
            (Stage::RunTime, &["clock_gettime", poll]),
            (Stage::Handshake, &["ring_core_0_17_14__sha512_block_data_order_nohw", poll]),
            (Stage::Log, &["core::fmt::write", "openfire_provisioner::telemetry::writer::line", poll]),
            (Stage::Rest, &["core::iter::fold", "openfire_provisioner::openfire::login::Login::log_in", poll]),
            (Stage::Rest, &["[unknown]"]),
        ] {
            assert_eq!(stage(stack), expected, "{stack:?}");
        }
    }
}
