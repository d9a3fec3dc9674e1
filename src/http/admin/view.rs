//! How a visitor wants to see the pages: language, colours, time zone.

use std::sync::Arc;

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

use super::cookie::VIEW;
use super::language::{Languages, Words, Zone};
use super::request::Fields;

/// How a visitor wants to see the pages.
pub(super) struct View {
    pub(super) words: Arc<Words>,
    /// `light` or `dark`; none follows the system.
    pub(super) theme: Option<&'static str>,
    pub(super) zone: Zone,
}

const THEMES: [&str; 2] = ["light", "dark"];

impl View {
    /// What the cookie says, `LANGUAGE.THEME.ZONE`, and the browser where the visitor chose nothing.
    pub(super) fn of(headers: &HeaderMap, languages: &Languages) -> Self {
        let cookie = VIEW.value(headers).unwrap_or_default();
        let mut parts = cookie.split('.');
        let mut part = || parts.next().filter(|part| !part.is_empty());
        let (language, theme, zone) = (part(), part(), part());
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok());
        Self {
            words: languages.choose(language, accepted),
            theme: theme.and_then(|theme| THEMES.into_iter().find(|known| *known == theme)),
            zone: Zone::in_cookie(zone),
        }
    }

    /// The cookie's value for what the form of the footer asks for. A time zone that is not known is this view's own.
    pub(super) fn chosen(&self, form: &Fields, languages: &Languages) -> String {
        let language = form.get("language").filter(|tag| languages.iter().any(|words| words.tag() == *tag));
        let theme = form.get("theme").filter(|theme| THEMES.contains(theme));
        let zone = form
            .filled("zone")
            .map(|name| if Zone::is_known(name) { Zone::named(Some(name)) } else { self.zone.clone() });
        let zone = zone.unwrap_or_else(|| Zone::named(None));
        format!("{}.{}.{}", language.unwrap_or_default(), theme.unwrap_or_default(), zone.for_cookie())
    }
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;

    fn view(cookie: &str) -> View {
        let cookie = format!("__Host-openfire-provisioner-view={cookie}");
        let headers = [(COOKIE, cookie.parse().unwrap())].into_iter().collect();
        View::of(&headers, &Languages::load())
    }

    #[test]
    fn a_choice_comes_back_from_the_cookie() {
        let form = Fields::parse(b"language=de&theme=dark&zone=America/Argentina/Buenos_Aires");
        let chosen = view("").chosen(&form, &Languages::load());
        let view = view(&chosen);
        assert_eq!(view.words.tag(), "de");
        assert_eq!(view.theme, Some("dark"));
        assert_eq!(view.zone.name(), "America/Argentina/Buenos_Aires");
    }

    #[test]
    fn what_is_no_choice_does_not_count() {
        for cookie in ["", "..", "xx.blue.Nowhere", "a.b.c.d.e"] {
            let view = view(cookie);
            assert_eq!((view.words.tag(), view.theme, view.zone.name()), ("en", None, "UTC"), "{cookie}");
        }
        let form = Fields::parse(b"language=%0d%0a&theme=x&zone=..%2fx");
        assert_eq!(view("..").chosen(&form, &Languages::load()), "..UTC");
        assert_eq!(view("..Asia-Tokyo").chosen(&form, &Languages::load()), "..Asia-Tokyo");
    }
}
