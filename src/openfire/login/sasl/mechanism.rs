//! Which SASL mechanism a login takes.

use std::fmt;

use xmpp_parsers::sasl;

use super::features::Offer;
use super::scram::{Binding, Hash};
use crate::model::config::SaslMechanism;

/// The mechanism of one login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::openfire::login) enum Mechanism {
    /// SCRAM, with channel binding when that is not [`Binding::None`].
    Scram(Hash, Binding),
    /// PLAIN (RFC 4616); only inside TLS.
    Plain,
}

/// What the TLS connection gives to bind to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::openfire::login) struct ChannelBindings {
    /// Data of type `tls-exporter`.
    pub(in crate::openfire::login) exporter: Option<[u8; 32]>,
    /// Data of type `tls-server-end-point`.
    pub(in crate::openfire::login) end_point: Option<Vec<u8>>,
}

/// No mechanism is both offered and allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NothingAllowed {
    offered: Vec<String>,
    allowed: Vec<&'static str>,
    in_clear: bool,
}

impl Mechanism {
    /// Takes the first of `allowed` that is offered, its `-PLUS` form where that can be had.
    ///
    /// `channel` is `None` in the clear, where PLAIN is never taken. Where the user's name would have to be `escaped` for
    /// SCRAM, which not every server undoes, PLAIN comes first, if it can be taken at all.
    pub(in crate::openfire::login) fn choose(
        offer: &Offer,
        allowed: &[SaslMechanism],
        channel: Option<&ChannelBindings>,
        escaped: bool,
    ) -> Result<Self, NothingAllowed> {
        let plain = channel.is_some() && offer.offers("PLAIN");
        if escaped && plain && allowed.contains(&SaslMechanism::Plain) {
            return Ok(Self::Plain);
        }
        let scram = |hash, name: &str| {
            let plus = offer.offers(&format!("{name}-PLUS")).then(|| common_binding(offer, channel?)).flatten();
            match plus {
                Some(binding) => Some(Self::Scram(hash, binding)),
                None => offer.offers(name).then_some(Self::Scram(hash, Binding::None)),
            }
        };
        let chosen = allowed.iter().find_map(|mechanism| match mechanism {
            SaslMechanism::ScramSha256 => scram(Hash::Sha256, "SCRAM-SHA-256"),
            SaslMechanism::ScramSha1 => scram(Hash::Sha1, "SCRAM-SHA-1"),
            SaslMechanism::Plain => plain.then_some(Self::Plain),
        });
        chosen.ok_or_else(|| NothingAllowed {
            offered: offer.mechanisms.clone(),
            allowed: allowed.iter().map(|mechanism| mechanism.as_str()).collect(),
            in_clear: channel.is_none(),
        })
    }

    /// The same mechanism without channel binding, when the server offers it; none for one that has no binding.
    pub(in crate::openfire::login) fn unbound(&self, offer: &Offer) -> Option<Self> {
        match self {
            Self::Scram(hash, _) if self.is_bound() => {
                let unbound = Self::Scram(*hash, Binding::None);
                offer.offers(unbound.name()).then_some(unbound)
            }
            Self::Scram(..) | Self::Plain => None,
        }
    }

    /// Whether it uses channel binding (RFC 5056).
    pub(in crate::openfire::login) fn is_bound(&self) -> bool {
        matches!(self, Self::Scram(_, binding) if *binding != Binding::None)
    }

    /// The name on the wire.
    pub(in crate::openfire::login) fn name(&self) -> &'static str {
        match self {
            Self::Scram(Hash::Sha256, Binding::None) => "SCRAM-SHA-256",
            Self::Scram(Hash::Sha256, _) => "SCRAM-SHA-256-PLUS",
            Self::Scram(Hash::Sha1, Binding::None) => "SCRAM-SHA-1",
            Self::Scram(Hash::Sha1, _) => "SCRAM-SHA-1-PLUS",
            Self::Plain => "PLAIN",
        }
    }

    /// The name as the stanza type wants it.
    pub(in crate::openfire::login) fn wire(&self) -> sasl::Mechanism {
        match self {
            Self::Scram(Hash::Sha256, Binding::None) => sasl::Mechanism::ScramSha256,
            Self::Scram(Hash::Sha256, _) => sasl::Mechanism::ScramSha256Plus,
            Self::Scram(Hash::Sha1, Binding::None) => sasl::Mechanism::ScramSha1,
            Self::Scram(Hash::Sha1, _) => sasl::Mechanism::ScramSha1Plus,
            Self::Plain => sasl::Mechanism::Plain,
        }
    }
}

/// The binding that both sides can do. Without a list from the server (XEP-0440) it is the one that RFC 9266 makes the
/// default under TLS 1.3; under TLS 1.2 that would be `tls-unique`, which rustls does not give.
fn common_binding(offer: &Offer, channel: &ChannelBindings) -> Option<Binding> {
    let lists = |kind: &str, without_list: bool| {
        offer.bindings.as_ref().map_or(without_list, |list| list.iter().any(|listed| listed == kind))
    };
    let exporter = channel.exporter.filter(|_| lists("tls-exporter", true)).map(Binding::Exporter);
    let end_point =
        || channel.end_point.clone().filter(|_| lists("tls-server-end-point", false)).map(Binding::EndPoint);
    exporter.or_else(end_point)
}

impl std::error::Error for NothingAllowed {}

impl fmt::Display for NothingAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 12;
        let offered: Vec<&str> = self.offered.iter().take(SHOWN).map(String::as_str).collect();
        let offered = if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") };
        write!(f, "the server offers {offered} to log in with; allowed are {}", self.allowed.join(", "))?;
        if self.in_clear && self.offered.iter().any(|name| name == "PLAIN") {
            f.write_str(" (PLAIN only inside TLS); set openfire.tls to \"starttls\", or switch SCRAM-SHA-1 on in Openfire (sasl.mechs)")
        } else {
            f.write_str(
                "; switch one of these on in Openfire (sasl.mechs), or add an offered one to openfire.mechanisms",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [SaslMechanism; 3] = [SaslMechanism::ScramSha256, SaslMechanism::ScramSha1, SaslMechanism::Plain];

    fn offer(mechanisms: &[&str], bindings: Option<&[&str]>) -> Offer {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Offer { mechanisms: owned(mechanisms), bindings: bindings.map(owned), ..Offer::default() }
    }

    fn channel(tls13: bool) -> ChannelBindings {
        ChannelBindings { exporter: tls13.then_some([7; 32]), end_point: Some(vec![9]) }
    }

    fn chosen(offer: &Offer, channel: Option<&ChannelBindings>) -> Result<Mechanism, NothingAllowed> {
        Mechanism::choose(offer, &ALL, channel, false)
    }

    #[test]
    fn the_first_allowed_one_that_is_offered_is_taken() {
        let offer = offer(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"], None);
        let tls = channel(true);
        assert_eq!(chosen(&offer, Some(&tls)).unwrap(), Mechanism::Scram(Hash::Sha256, Binding::None));
        let only_plain = Mechanism::choose(&offer, &[SaslMechanism::Plain], Some(&tls), false);
        assert_eq!(only_plain.unwrap(), Mechanism::Plain);
    }

    // Source: XEP-0440 section 2, RFC 9266 section 3.
    #[test]
    fn plus_is_taken_when_both_sides_have_a_channel_binding() {
        let plus = ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"];
        let end_point = offer(&plus, Some(&["tls-server-end-point"]));
        let both = offer(&plus, Some(&["tls-server-end-point", "tls-exporter"]));
        let unlisted = offer(&plus, None);
        let unique = offer(&plus, Some(&["tls-unique"]));
        let sha1 = |binding| Mechanism::Scram(Hash::Sha1, binding);
        let (v12, v13) = (channel(false), channel(true));
        assert_eq!(chosen(&end_point, Some(&v13)).unwrap(), sha1(Binding::EndPoint(vec![9])));
        assert_eq!(chosen(&both, Some(&v13)).unwrap(), sha1(Binding::Exporter([7; 32])));
        assert_eq!(chosen(&both, Some(&v12)).unwrap(), sha1(Binding::EndPoint(vec![9])));
        assert_eq!(chosen(&unlisted, Some(&v13)).unwrap(), sha1(Binding::Exporter([7; 32])));
        assert_eq!(chosen(&unlisted, Some(&v12)).unwrap(), sha1(Binding::None));
        assert_eq!(chosen(&unique, Some(&v13)).unwrap(), sha1(Binding::None));
        assert_eq!(chosen(&both, None).unwrap(), sha1(Binding::None));
    }

    #[test]
    fn a_name_that_scram_would_escape_takes_plain_where_it_can_be_had() {
        let (tls, plus) = (channel(true), offer(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"], None));
        let escaped =
            |offer, allowed: &[SaslMechanism], channel| Mechanism::choose(offer, allowed, channel, true).unwrap();
        assert_eq!(escaped(&plus, &ALL, Some(&tls)), Mechanism::Plain);
        let scram = [SaslMechanism::ScramSha1];
        assert_eq!(escaped(&plus, &scram, Some(&tls)), Mechanism::Scram(Hash::Sha1, Binding::Exporter([7; 32])));
        assert_eq!(escaped(&plus, &ALL, None), Mechanism::Scram(Hash::Sha1, Binding::None));
        let only_scram = offer(&["SCRAM-SHA-1"], None);
        assert_eq!(escaped(&only_scram, &ALL, Some(&tls)), Mechanism::Scram(Hash::Sha1, Binding::None));
    }

    #[test]
    fn anonymous_and_unknown_ones_are_never_taken() {
        let error = chosen(&offer(&["ANONYMOUS", "DIGEST-MD5"], None), Some(&channel(true))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the server offers ANONYMOUS, DIGEST-MD5 to log in with; allowed are SCRAM-SHA-256, SCRAM-SHA-1, PLAIN; \
             switch one of these on in Openfire (sasl.mechs), or add an offered one to openfire.mechanisms"
        );
        assert!(chosen(&offer(&[], None), None).unwrap_err().to_string().contains("offers nothing"));
    }

    #[test]
    fn plain_is_never_taken_in_the_clear() {
        let error = chosen(&offer(&["PLAIN"], None), None).unwrap_err();
        assert!(error.to_string().contains("PLAIN only inside TLS"), "{error}");
    }

    #[test]
    fn plus_without_a_common_binding_and_without_the_bare_form_is_not_taken() {
        let offer = offer(&["SCRAM-SHA-1-PLUS"], Some(&["tls-unique"]));
        assert!(chosen(&offer, Some(&channel(true))).is_err());
    }
}
