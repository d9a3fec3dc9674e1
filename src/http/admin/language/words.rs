//! One language: its texts, and how it writes numbers and times.

use std::borrow::Cow;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use unic_langid::LanguageIdentifier;

use super::moments::{Zone, fields};

/// The texts of one language.
pub(in crate::http::admin) struct Words {
    tag: &'static str,
    identifier: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The language `tag` (BCP 47) with the texts of a file in the format Fluent.
    ///
    /// A tag that cannot be read counts as none. Of a file with mistakes the rest counts; tests hold that there are none.
    pub(super) fn read(tag: &'static str, text: &str) -> Self {
        let identifier: LanguageIdentifier = tag.parse().unwrap_or_default();
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let mut bundle = FluentBundle::new_concurrent(vec![identifier.clone()]);
        // The marks around values would be copied with an address or a name. Pages use <bdi> where a value can have its own
        // direction.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { tag, identifier, bundle }
    }

    /// The tag of the language, for `lang` in HTML.
    pub(in crate::http::admin) fn tag(&self) -> &'static str {
        self.tag
    }

    pub(super) fn identifier(&self) -> &LanguageIdentifier {
        &self.identifier
    }

    /// The message with this name. `arguments` are what the message inserts; a number among them also chooses the plural, and is
    /// written as the language does.
    ///
    /// A message that is missing is shown by its name: a page with one odd word is better than none.
    pub(in crate::http::admin) fn text(&self, name: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value()) else {
            return name.to_owned();
        };
        let mut given = FluentArgs::new();
        for (name, argument) in arguments {
            match argument {
                Argument::Text(text) => given.set(*name, FluentValue::String(Cow::Borrowed(*text))),
                Argument::Number(number) => {
                    given.set(*name, FluentValue::from(*number));
                    given.set(format!("{name}-text"), self.number(*number));
                }
            }
        }
        self.bundle.format_pattern(pattern, Some(&given), &mut Vec::new()).into_owned()
    }

    /// Whether there is a message with this name.
    pub(in crate::http::admin) fn has(&self, name: &str) -> bool {
        self.bundle.has_message(name)
    }

    /// A whole number, in groups of three digits.
    pub(in crate::http::admin) fn number(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let separator = self.text("number-group", &[]);
        let mut text = String::with_capacity(digits.len() * 2);
        if number < 0 {
            text.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push_str(&separator);
            }
            text.push(digit);
        }
        text
    }

    /// A number with one digit behind the point.
    pub(in crate::http::admin) fn tenths(&self, number: f64) -> String {
        format!("{number:.1}").replace('.', &self.text("number-point", &[]))
    }

    /// A time to the minute, or to the second where `with_seconds`, in a time zone.
    pub(in crate::http::admin) fn moment(&self, at: Timestamp, zone: &Zone, with_seconds: bool) -> String {
        let fields = fields(at, zone);
        let arguments: Vec<(&str, Argument<'_>)> =
            fields.iter().map(|(name, value)| (*name, Argument::Text(value))).collect();
        self.text(if with_seconds { "time-with-seconds" } else { "time" }, &arguments)
    }

    /// A length of time, in its largest unit: seconds, minutes, hours or days.
    pub(in crate::http::admin) fn duration(&self, seconds: i64) -> String {
        let (name, count) = match seconds {
            ..120 => ("duration-seconds", seconds),
            120..7_200 => ("duration-minutes", seconds / 60),
            7_200..172_800 => ("duration-hours", seconds / 3_600),
            _ => ("duration-days", seconds / 86_400),
        };
        self.text(name, &[("count", Argument::Number(count))])
    }
}

/// What a message inserts.
#[derive(Debug, Clone, Copy)]
pub(in crate::http::admin) enum Argument<'a> {
    /// Inserted as it is.
    Text(&'a str),
    /// Chooses the plural; `{ $name-text }` is the number as the language writes it.
    Number(i64),
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        Words::read("en", text)
    }

    #[test]
    fn a_number_is_written_in_groups_and_chooses_the_plural() {
        let words =
            words("number-group = ,\nrows = { $count ->\n    [one] one row\n   *[other] { $count-text } rows\n }\n");
        assert_eq!(words.number(0), "0");
        assert_eq!(words.number(999), "999");
        assert_eq!(words.number(-1_234_567), "-1,234,567");
        assert_eq!(words.text("rows", &[("count", Argument::Number(1))]), "one row");
        assert_eq!(words.text("rows", &[("count", Argument::Number(12_000))]), "12,000 rows");
    }

    #[test]
    fn what_is_inserted_gets_no_marks_and_no_meaning() {
        let words = words("hello = Hello { $name }\n");
        let text = words.text("hello", &[("name", Argument::Text("{ $x } <b>"))]);
        assert_eq!(text, "Hello { $x } <b>");
    }

    #[test]
    fn a_missing_message_is_shown_by_its_name() {
        assert_eq!(words("").text("no-such", &[]), "no-such");
    }
}
