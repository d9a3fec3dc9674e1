//! Other hosts that announce the same instance: who they are, and whether they are still there.
//!
//! Clients ask for one exact name, and a name has one owner on a link (RFC 6762 section 9). So a rival decides what clients
//! get, or whether they get anything certain at all.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::announcement::Announcement;
use super::heard::Claim;

/// Rivals that are remembered. An honest link has one or two.
const MOST_RIVALS: usize = 8;

/// The bounds of how long a claim counts, whatever its TTL says. RFC 6762 section 10 wants 120 seconds. Some responders say an
/// hour, and a liar more; but a host that still announces is asked before, and answers.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_mins(2);

/// How long to remember a host that asked for the name and did not get it.
const MEMORY: Duration = Duration::from_mins(10);

/// The rivals of one interface.
#[derive(Debug, Default)]
pub(super) struct Rivals {
    known: Vec<Rival>,
}

/// Another host that announces the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rival {
    /// Its name, as it calls itself.
    pub(super) host: String,
    /// Where its datagram came from.
    pub(super) source: IpAddr,
    /// The URL that clients get from it, without its query. None: not heard.
    pub(super) url: Option<String>,
    /// Whether clients get the same URL from it.
    pub(super) is_same: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It announces. It is asked again at the first instant, and has gone at the second.
    Announces { ask: Instant, end: Instant },
    /// It asks for the name. Forgotten then.
    Asks { forget: Instant },
}

/// What changed about a rival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// It announces.
    Came(Rival),
    /// It asks whether the name is free.
    Asked(Rival),
    /// It announces no longer.
    Gone(Rival),
}

/// What is due.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// Whether the rivals must be asked if they are still there.
    pub(super) ask: bool,
    /// What has changed.
    pub(super) news: Vec<News>,
}

impl Rivals {
    /// Takes note of a claim of another host. `ours` is what this host announces.
    pub(super) fn note(&mut self, claim: &Claim, source: IpAddr, ours: &Announcement, now: Instant) -> Option<News> {
        let index = self.known.iter().position(|rival| rival.host == claim.host);
        if claim.ttl == 0 && !claim.is_probe {
            let rival = self.known.remove(index?);
            return rival.is_announcing().then_some(News::Gone(rival));
        }
        let state = State::of(claim, now);
        let rival = if let Some(index) = index {
            self.known.get_mut(index)?
        } else {
            if self.known.len() >= MOST_RIVALS {
                return None;
            }
            self.known.push(Rival { host: claim.host.clone(), source, url: None, is_same: false, state });
            self.known.last_mut()?
        };
        let was_announcing = rival.is_announcing() && index.is_some();
        rival.source = source;
        if let Some(strings) = &claim.strings {
            rival.url = strings.iter().find_map(|string| url(string));
            rival.is_same = claim.port == ours.port() && ours.has_strings(strings);
        }
        if claim.is_probe {
            // One that announces may ask again, which changes nothing.
            if !was_announcing {
                rival.state = state;
            }
            return index.is_none().then(|| News::Asked(rival.clone()));
        }
        rival.state = state;
        (!was_announcing).then(|| News::Came(rival.clone()))
    }

    /// Whether one of them announces.
    pub(super) fn is_any_announcing(&self) -> bool {
        self.known.iter().any(Rival::is_announcing)
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Instant> {
        let next = |rival: &Rival| match rival.state {
            State::Announces { ask, end } => ask.min(end),
            State::Asks { forget } => forget,
        };
        self.known.iter().map(next).min()
    }

    /// What is due now. Rivals that did not answer in time have gone.
    pub(super) fn due(&mut self, now: Instant) -> Due {
        let is_over = |rival: &mut Rival| match rival.state {
            State::Announces { end, .. } => end <= now,
            State::Asks { forget } => forget <= now,
        };
        let over: Vec<Rival> = self.known.extract_if(.., is_over).collect();
        let mut due = Due { ask: false, news: over.into_iter().filter(Rival::is_announcing).map(News::Gone).collect() };
        for rival in &mut self.known {
            if let State::Announces { ask, end } = &mut rival.state
                && *ask <= now
            {
                due.ask = true;
                *ask = now + ((*end - now) / 2).max(Duration::from_secs(1));
            }
        }
        due
    }
}

impl Rival {
    fn is_announcing(&self) -> bool {
        matches!(self.state, State::Announces { .. })
    }
}

impl State {
    fn of(claim: &Claim, now: Instant) -> Self {
        if claim.is_probe {
            return Self::Asks { forget: now + MEMORY };
        }
        let lifetime = Duration::from_secs(claim.ttl.into()).clamp(SHORTEST, LONGEST);
        // RFC 6762 section 5.2: ask again at 80 % of the lifetime.
        Self::Announces { ask: now + lifetime.mul_f64(0.8), end: now + lifetime }
    }
}

/// The URL in a string of a TXT record, without its query, fit for the log.
fn url(string: &[u8]) -> Option<String> {
    let url = string.strip_prefix(b"path=")?.split(|byte| *byte == b'?').next()?;
    Some(String::from_utf8_lossy(url).escape_debug().to_string())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use jitsi_properties::ProvisioningUrl;

    use super::*;

    const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 99, 0, 2));

    fn ours() -> Announcement {
        Announcement::of(&ProvisioningUrl::parse("https://a.test/p").unwrap()).unwrap()
    }

    fn claim(host: &str, ttl: u32) -> Claim {
        let strings = Some(vec![b"path=https://b.test/p?x".to_vec()]);
        Claim { host: host.to_owned(), port: 443, ttl, is_probe: false, strings }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// What is reported: a letter and the host.
    fn word(news: Option<News>) -> String {
        match news {
            None => String::new(),
            Some(News::Came(rival)) => format!("+{}", rival.host),
            Some(News::Asked(rival)) => format!("?{}", rival.host),
            Some(News::Gone(rival)) => format!("-{}", rival.host),
        }
    }

    #[test]
    fn a_rival_is_news_when_it_comes_and_when_it_goes() {
        let (mut rivals, now) = (Rivals::default(), Instant::now());
        let probe = Claim { is_probe: true, ..claim("b.", 120) };
        for (claim, expected, is_announcing) in [
            (&claim("b.", 120), "+b.", true),
            (&claim("b.", 120), "", true),
            (&probe, "", true),
            (&claim("c.", 120), "+c.", true),
            (&claim("c.", 0), "-c.", true),
            (&claim("b.", 0), "-b.", false),
            (&claim("b.", 0), "", false),
            (&probe, "?b.", false),
            (&probe, "", false),
            (&claim("b.", 120), "+b.", true),
        ] {
            assert_eq!(word(rivals.note(claim, SOURCE, &ours(), now)), expected, "{claim:?}");
            assert_eq!(rivals.is_any_announcing(), is_announcing, "{claim:?}");
        }
    }

    #[test]
    fn a_rival_is_named_with_its_url_and_without_the_query() {
        let mut rivals = Rivals::default();
        let Some(News::Came(rival)) = rivals.note(&claim("b.", 120), SOURCE, &ours(), Instant::now()) else { panic!() };
        assert_eq!((rival.source, rival.url.as_deref(), rival.is_same), (SOURCE, Some("https://b.test/p"), false));
        let same = Claim { strings: Some(vec![b"path=https://a.test/p".to_vec()]), ..claim("c.", 120) };
        let Some(News::Came(rival)) = rivals.note(&same, SOURCE, &ours(), Instant::now()) else { panic!() };
        assert!(rival.is_same);
        let other_port = Claim { port: 8443, host: "d.".to_owned(), ..same };
        let Some(News::Came(rival)) = rivals.note(&other_port, SOURCE, &ours(), Instant::now()) else { panic!() };
        assert!(!rival.is_same);
    }

    #[test]
    fn a_silent_rival_is_asked_and_then_gone() {
        let (mut rivals, start) = (Rivals::default(), Instant::now());
        rivals.note(&claim("b.", 100), SOURCE, &ours(), start);
        assert_eq!(rivals.next(), Some(start + seconds(80)));
        assert_eq!(rivals.due(start + seconds(79)), Due::default());
        assert_eq!(rivals.due(start + seconds(80)), Due { ask: true, news: Vec::new() });
        assert_eq!(rivals.next(), Some(start + seconds(90)));
        // It answers.
        rivals.note(&claim("b.", 100), SOURCE, &ours(), start + seconds(81));
        assert_eq!(rivals.due(start + seconds(100)), Due::default());
        // It does not.
        assert!(rivals.due(start + seconds(162)).ask);
        let due = rivals.due(start + seconds(181));
        assert_eq!(due.news.into_iter().map(|news| word(Some(news))).collect::<Vec<_>>(), ["-b."]);
        assert_eq!((rivals.next(), rivals.is_any_announcing()), (None, false));
    }

    #[test]
    fn ttls_without_measure_are_cut() {
        let start = Instant::now();
        for (ttl, end) in [(1, SHORTEST), (u32::MAX, LONGEST)] {
            let mut rivals = Rivals::default();
            rivals.note(&claim("b.", ttl), SOURCE, &ours(), start);
            rivals.due(start + end.mul_f64(0.9));
            assert!(rivals.is_any_announcing());
            assert_eq!(rivals.due(start + end).news.len(), 1, "{ttl}");
        }
    }

    #[test]
    fn one_that_only_asked_is_forgotten_without_a_word() {
        let (mut rivals, start) = (Rivals::default(), Instant::now());
        let probe = Claim { is_probe: true, ..claim("b.", 120) };
        rivals.note(&probe, SOURCE, &ours(), start);
        assert_eq!(rivals.next(), Some(start + MEMORY));
        assert_eq!(rivals.due(start + MEMORY), Due::default());
        assert_eq!(rivals.next(), None);
    }

    #[test]
    fn a_liar_with_many_names_fills_no_memory() {
        let mut rivals = Rivals::default();
        for number in 0..1000 {
            rivals.note(&claim(&format!("h{number}."), 120), SOURCE, &ours(), Instant::now());
        }
        assert_eq!(rivals.known.len(), MOST_RIVALS);
    }
}
