//! The number in what people write into the field of a number: labels, remarks and extensions around it.
//!
//! Letters are never digits here. What stands around the number is cut off where it is certain to be no part of it: a word
//! that is known, an abbreviation with its full stop, what stands in parentheses or behind a comma. Otherwise there is
//! no number: `030 1234 TAXI` must not become another person's number.

/// Words before a number or behind it, in lower case: kinds of numbers, places, and words for an extension.
const WORDS: [&str; 104] = [
    "and",
    "anexo",
    "app",
    "apparat",
    "arbeit",
    "bis",
    "buero",
    "bureau",
    "büro",
    "casa",
    "cel",
    "cell",
    "celular",
    "central",
    "centrale",
    "centralino",
    "centrala",
    "dienst",
    "dienstlich",
    "direct",
    "direkt",
    "doorkies",
    "doorkiesnummer",
    "durchwahl",
    "dw",
    "ext",
    "extension",
    "extensión",
    "extn",
    "fax",
    "faks",
    "fijo",
    "fisso",
    "fixe",
    "fon",
    "gesch",
    "geschäftlich",
    "gsm",
    "handy",
    "home",
    "int",
    "intern",
    "internal",
    "interne",
    "interno",
    "kl",
    "klappe",
    "kom",
    "komórka",
    "lub",
    "main",
    "maison",
    "mob",
    "mobiel",
    "mobil",
    "mobile",
    "móvil",
    "nebenstelle",
    "nr",
    "nst",
    "o",
    "oder",
    "of",
    "office",
    "oficina",
    "or",
    "ou",
    "oppure",
    "ph",
    "phone",
    "portable",
    "poste",
    "priv",
    "privat",
    "private",
    "privé",
    "prive",
    "ramal",
    "reception",
    "sekretariat",
    "standard",
    "switchboard",
    "tel",
    "telefon",
    "telefono",
    "telefone",
    "telefoon",
    "telephone",
    "teléfono",
    "tf",
    "tfno",
    "tlf",
    "toestel",
    "tst",
    "tél",
    "téléphone",
    "u",
    "ufficio",
    "und",
    "voip",
    "wew",
    "wewn",
    "work",
    "zentrale",
];

/// Words that are one only before a number.
const LABELS: [&str; 8] = ["d", "h", "m", "p", "t", "v", "w", "zu"];

/// Words for an extension. Behind one of them stands a number of its own only if that begins like one.
const EXTENSIONS: [&str; 24] = [
    "anexo",
    "app",
    "apparat",
    "doorkies",
    "doorkiesnummer",
    "durchwahl",
    "dw",
    "ext",
    "extension",
    "extensión",
    "extn",
    "int",
    "interne",
    "interno",
    "kl",
    "klappe",
    "nebenstelle",
    "nst",
    "poste",
    "ramal",
    "toestel",
    "tst",
    "wew",
    "wewn",
];

/// The zeros of scripts whose digits are taken; nine more follow each.
const ZEROS: [char; 7] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}'];

/// The number alone: digits, `+`, and the signs that separate digits; none when it is not certain what belongs to it.
pub(super) fn number(text: &str) -> Option<String> {
    let text: String = text.chars().filter_map(plain).collect();
    let text = text.trim();
    let is_uri = text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("tel:"));
    if is_uri && text.contains(';') {
        return of_uri(text.get(4..)?);
    }
    let text = without_label(text)?;
    let end = text.char_indices().find(|(at, sign)| !belongs(text, *at, *sign)).map_or(text.len(), |(at, _)| at);
    let (number, behind) = text.split_at(end);
    if !behind.is_empty() && (is_written_by_keys(number, behind) || !is_no_part(behind)) {
        return None;
    }
    let number = number.trim_end_matches([' ', '-', '.', '/', '(']).to_owned();
    has_early_parentheses(&number).then_some(number)
}

/// A character as it would be written in ASCII; none for one that cannot be seen.
fn plain(letter: char) -> Option<char> {
    let digit = ZEROS.iter().find_map(|zero| {
        let value = u32::from(letter).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    });
    match letter {
        _ if digit.is_some() => digit,
        '\u{ff0b}' => Some('+'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{30fc}' => Some('-'),
        '\u{ff08}' | '[' => Some('('),
        '\u{ff09}' | ']' => Some(')'),
        '\u{ff0f}' => Some('/'),
        '\u{ff0e}' | '\u{b7}' => Some('.'),
        '\'' | '\u{2019}' | '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(' '),
        '\n' | '\r' => Some(','),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        _ => Some(letter),
    }
}

/// The number of a `tel:` URI with parameters (RFC 3966 section 3), without its scheme. A number that is local to a
/// context needs one that is the beginning of a number.
fn of_uri(uri: &str) -> Option<String> {
    let (number, parameters) = uri.split_once(';')?;
    let only = |text: &str, signs: &str| text.chars().all(|sign| sign.is_ascii_digit() || signs.contains(sign));
    if !only(number, "+-.() ") {
        return None;
    }
    let context = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("phone-context").then_some(value)
    });
    match context {
        _ if number.starts_with('+') => Some(number.to_owned()),
        Some(context) if context.starts_with('+') && only(context, "+-.()") => Some(format!("{context}{number}")),
        Some(_) => None,
        None => Some(number.to_owned()),
    }
}

/// The text without a word before the number; none when that is not certain to be one.
fn without_label(text: &str) -> Option<&str> {
    let text = match text.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        Some((inner, behind)) if inner.contains(char::is_alphabetic) => behind.trim_start(),
        _ => text,
    };
    let start = text.find(|sign: char| sign.is_ascii_digit() || "+(".contains(sign))?;
    let (label, number) = text.split_at(start);
    let label = label.trim();
    let is_label = |word: &str| word.is_empty() || is_word(word) || LABELS.contains(&word.to_lowercase().as_str());
    let is_spoken =
        || label.split([' ', '/', '.', ',', '-']).all(is_label) && text.get(..start).is_some_and(ends_apart);
    // A star and a cross are dialled.
    let is_certain = label.is_empty() || !label.contains(['*', '#']) && (label.ends_with(':') || is_spoken());
    let last = label.rsplit(|sign: char| !sign.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    let is_extension = EXTENSIONS.contains(&last.to_lowercase().as_str()) && !number.starts_with(['0', '+', '(']);
    (is_certain && !is_extension).then_some(number)
}

/// Whether something separates the label from the number.
fn ends_apart(label: &str) -> bool {
    label.ends_with(|sign: char| !sign.is_alphanumeric())
}

fn is_word(word: &str) -> bool {
    WORDS.contains(&word.to_lowercase().as_str())
}

/// Whether a sign at a place can belong to a number.
fn belongs(text: &str, at: usize, sign: char) -> bool {
    match sign {
        '+' => !text.get(..at).unwrap_or_default().contains(|before: char| before.is_ascii_digit() || before == '+'),
        // Not where it begins a remark.
        '(' => text
            .get(at + 1..)
            .is_some_and(|inside| inside.trim_start().starts_with(|next: char| next.is_ascii_digit() || next == '+')),
        ')' | '-' | '.' | '/' | ' ' => true,
        _ => sign.is_ascii_digit(),
    }
}

/// Whether letters go on with the number as they stand on the keys of a telephone (`0800 33-MOBIL`), or one of them stands
/// for a digit (`1234O56`).
fn is_written_by_keys(number: &str, behind: &str) -> bool {
    let is_apart = number.ends_with(' ');
    let (word, rest) = behind.split_at(behind.find(|sign: char| !sign.is_alphabetic()).unwrap_or(behind.len()));
    match word.chars().count() {
        0 => false,
        1 => !(matches!(word, "x" | "X") || rest.starts_with(['.', ':']) || is_apart && rest.starts_with(' ')),
        _ => !is_apart && !word.contains(char::is_lowercase) && !rest.trim_start().starts_with(is_of_extension),
    }
}

/// Whether a sign can stand between a word for an extension and its digits, or is one of these.
fn is_of_extension(sign: char) -> bool {
    sign.is_ascii_digit() || ".:-".contains(sign)
}

/// Whether the text after a number is certainly not part of it.
fn is_no_part(behind: &str) -> bool {
    if behind.starts_with([',', ';', '|', '+', '#', '~', '&']) {
        return true;
    }
    if let Some(inside) = behind.strip_prefix('(') {
        // Behind a remark the number may go on.
        let Some((remark, rest)) = inside.split_once(')') else { return true };
        let rest = rest.trim_start();
        return remark.contains(char::is_alphabetic)
            && (rest.is_empty()
                || rest.starts_with([',', ';', '|', '/'])
                || !rest.contains(|sign: char| sign.is_ascii_digit()));
    }
    let (word, rest) = behind.split_at(behind.find(|sign: char| !sign.is_alphabetic()).unwrap_or(behind.len()));
    match word {
        "" => false,
        "x" | "X" => rest.trim_start().starts_with(|sign: char| sign.is_ascii_digit()),
        // An abbreviation.
        _ => is_word(word) || rest.starts_with(['.', ':']),
    }
}

/// Whether digits stand in parentheses only where a country code, an area code or a zero does. Further on it is another
/// ending, or an extension.
fn has_early_parentheses(number: &str) -> bool {
    const MAX_BEFORE: usize = 5;
    number
        .match_indices('(')
        .all(|(at, _)| number.get(..at).unwrap_or_default().bytes().filter(u8::is_ascii_digit).count() <= MAX_BEFORE)
}
