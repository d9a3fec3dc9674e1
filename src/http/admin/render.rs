//! From a page and what it shows to HTML.

use std::sync::Arc;

use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, HtmlEscape, UndefinedBehavior, context};
use serde::Serialize;

use super::assets;
use super::csrf::{self, FormKey};
use super::language::{Argument, Words, Zone, iso};

/// The pages' templates, by their names. Values are escaped, since the names end in `.html`.
const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("html/layout.html")),
    ("parts.html", include_str!("html/parts.html")),
    ("sign-in.html", include_str!("html/sign-in.html")),
    ("link.html", include_str!("html/link.html")),
    ("go-on.html", include_str!("html/go-on.html")),
    ("console-plugin.html", include_str!("html/console-plugin.html")),
    ("overview.html", include_str!("html/overview.html")),
    ("plot.html", include_str!("html/plot.html")),
    ("requests.html", include_str!("html/requests.html")),
    ("request.html", include_str!("html/request.html")),
    ("locked-out.html", include_str!("html/locked-out.html")),
    ("settings.html", include_str!("html/settings.html")),
    ("audit.html", include_str!("html/audit.html")),
    ("preview.html", include_str!("html/preview.html")),
    ("templates.html", include_str!("html/templates.html")),
    ("template.html", include_str!("html/template.html")),
    ("rules.html", include_str!("html/rules.html")),
    ("data.html", include_str!("html/data.html")),
    ("findings.html", include_str!("html/findings.html")),
    ("notice.html", include_str!("html/notice.html")),
];

/// Renders pages. Clones share all of it.
#[derive(Clone)]
pub(super) struct Renderer(Arc<Environment<'static>>);

/// A page: its template, and the values that are its own.
pub(super) struct Page {
    pub(super) template: &'static str,
    pub(super) values: Value,
}

impl Page {
    /// `values` is made by [`context!`].
    pub(super) fn new(template: &'static str, values: Value) -> Self {
        Self { template, values }
    }
}

/// What every page shows, whatever it is about.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    /// Language, colours and time zone.
    pub(super) language: &'static str,
    pub(super) theme: Option<&'static str>,
    pub(super) zone: String,
    /// Tag and own name of each language.
    pub(super) languages: Vec<(&'static str, String)>,
    /// The path of this page with its query, for forms that lead back to it.
    pub(super) here: String,
    /// The first part of the path below `/admin`, which is marked in the navigation.
    pub(super) section: String,
    /// Who is signed in.
    pub(super) user: Option<SignedIn>,
    /// What needs to be said on every page.
    pub(super) banners: Vec<Banner>,
    /// The message that says what the form before has done.
    pub(super) done: Option<Banner>,
    /// The XMPP domain.
    pub(super) domain: String,
    pub(super) version: &'static str,
}

/// Who is signed in.
#[derive(Debug, Serialize)]
pub(super) struct SignedIn {
    pub(super) name: String,
    /// Whether this session may change anything now.
    pub(super) may_change: bool,
}

/// A line at the top of every page.
#[derive(Debug, Serialize)]
pub(super) struct Banner {
    /// `error`, `warning`, `note` or `done`.
    pub(super) level: &'static str,
    pub(super) text: String,
    /// The page that helps.
    pub(super) link: Option<&'static str>,
}

/// What rendering needs to know of the reader.
pub(super) struct Reader<'a> {
    pub(super) words: &'a Arc<Words>,
    pub(super) zone: &'a Zone,
    pub(super) forms: &'a FormKey,
}

impl Renderer {
    /// Compiles the embedded templates. A test holds that none has a mistake.
    pub(super) fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_function("asset", |name: String| {
            assets::address(&name).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no file {name}")))
        });
        environment.add_filter("marked", |text: &str| Value::from_safe_string(marked(text)));
        for (name, text) in TEMPLATES {
            environment.add_template(name, text)?;
        }
        Ok(Self(Arc::new(environment)))
    }

    /// The HTML of a page. Templates see the page's own values, `view` (the [`Frame`]) and these functions:
    ///
    /// - `t(name, argument=…)`: a message of the language. A number chooses its plural.
    /// - `number(n)`, `duration(seconds)`: as the language writes them.
    /// - `moment(seconds)`, `moment(seconds, true)`: a time, given in seconds since 1970, to the minute or second, as `<time>` in
    ///   the reader's zone.
    /// - the filter `marked`: what a message has in backquotes becomes `<code>`.
    /// - `csrf(action)`: the hidden field that a form with this action needs.
    pub(super) fn render(&self, page: &Page, frame: &Frame, reader: &Reader<'_>) -> Result<String, Error> {
        let mut environment = Environment::clone(&self.0);
        add_language(&mut environment, reader);
        let forms = reader.forms.clone();
        environment.add_function("csrf", move |action: String| {
            let token = forms.token(&action);
            let field = format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", csrf::FIELD, token.as_str());
            Value::from_safe_string(field)
        });
        let values = context! { view => Serde(frame), ..page.values.clone() };
        environment.get_template(page.template)?.render(values)
    }
}

fn add_language(environment: &mut Environment<'static>, reader: &Reader<'_>) {
    let words = Arc::clone(reader.words);
    environment.add_function("t", move |name: String, arguments: Kwargs| text(&words, &name, &arguments));
    let words = Arc::clone(reader.words);
    environment.add_function("number", move |number: i64| words.number(number));
    let words = Arc::clone(reader.words);
    environment.add_function("duration", move |seconds: i64| words.duration(seconds));
    let (words, zone) = (Arc::clone(reader.words), reader.zone.clone());
    environment.add_function("moment", move |seconds: i64, to_the_second: Option<bool>| {
        let at = Timestamp::from_second(seconds)
            .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
        let shown = HtmlEscape(&words.moment(at, &zone, to_the_second == Some(true))).to_string();
        Ok::<_, Error>(Value::from_safe_string(format!("<time datetime=\"{}\">{shown}</time>", iso(at))))
    });
}

/// A text as HTML: what is between two backquotes becomes code.
fn marked(text: &str) -> String {
    let is_paired = text.matches('`').count().is_multiple_of(2);
    let part = |(index, part): (usize, &str)| match HtmlEscape(part).to_string() {
        code if is_paired && index % 2 == 1 => format!("<code>{code}</code>"),
        plain => plain,
    };
    if is_paired { text.split('`').enumerate().map(part).collect() } else { HtmlEscape(text).to_string() }
}

/// The message `name`; its arguments are numbers or texts.
fn text(words: &Words, name: &str, arguments: &Kwargs) -> Result<String, Error> {
    let names: Vec<&str> = arguments.args().collect();
    let values: Vec<Value> = names.iter().map(|name| arguments.get(name)).collect::<Result<_, _>>()?;
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    let given: Vec<(&str, Argument<'_>)> = (names.iter().zip(&values).zip(&texts))
        .map(|((name, value), text)| match i64::try_from(value.clone()) {
            Ok(number) if value.is_number() => (*name, Argument::Number(number)),
            _ => (*name, Argument::Text(text)),
        })
        .collect();
    Ok(words.text(name, &given))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::language::Languages;
    use super::*;

    fn frame(user: Option<SignedIn>) -> Frame {
        Frame {
            language: "en",
            theme: Some("dark"),
            zone: "UTC".to_owned(),
            languages: vec![("en", "English".to_owned())],
            here: "/admin/?user=<b>".to_owned(),
            section: String::new(),
            user,
            banners: vec![Banner { level: "warning", text: "a < b".to_owned(), link: Some("/admin/settings") }],
            done: None,
            domain: "example.org".to_owned(),
            version: "1.2.3",
        }
    }

    fn rendered(page: &Page, frame: &Frame) -> String {
        let words = Languages::load().choose(None, None);
        let (zone, forms) = (Zone::named(None), FormKey::of("test"));
        let reader = Reader { words: &words, zone: &zone, forms: &forms };
        Renderer::new().unwrap().render(page, frame, &reader).unwrap_or_else(|error| panic!("{error:#}"))
    }

    #[test]
    fn what_a_page_shows_is_escaped() {
        let name = "\"><script>alert(1)</script>'";
        let values = context! { title => name, text => name, advice => name, back => name };
        let user = Some(SignedIn { name: name.to_owned(), may_change: false });
        let html = rendered(&Page::new("notice.html", values), &frame(user));
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(!html.contains("<b>") && html.contains("a &lt; b"), "{html}");
    }

    /// The policy of the pages forbids styles and scripts inside a page, style attributes included.
    #[test]
    fn no_template_has_a_style_or_a_script_inside() {
        for (name, text) in TEMPLATES {
            for inside in ["style=", "<style", "javascript:", " onclick", " onsubmit", " onload", "|safe", "| safe"] {
                assert!(!text.contains(inside), "{name}: {inside}");
            }
            for script in text.split("<script").skip(1) {
                assert!(script.starts_with(" src=\"{{ asset("), "{name}: <script{script}");
            }
        }
    }

    #[test]
    fn what_a_message_has_in_backquotes_becomes_code() {
        assert_eq!(marked("set `a<b` and `c`."), "set <code>a&lt;b</code> and <code>c</code>.");
        assert_eq!(marked("a ` b <i>"), "a ` b &lt;i&gt;");
        assert_eq!(marked(""), "");
    }

    /// The names of the messages that a text asks for: `t("name"`.
    fn asked(text: &str) -> BTreeSet<&str> {
        let names = text.split("t(\"").skip(1).filter_map(|rest| rest.split('"').next());
        names.filter(|name| !name.ends_with('-') && !name.contains('.')).collect()
    }

    #[test]
    fn every_message_that_a_template_asks_for_exists() {
        let words = Languages::load().choose(None, None);
        for (file, text) in TEMPLATES {
            for name in asked(text) {
                assert!(words.has(name), "{file}: no message {name}");
            }
        }
    }
}
