//! Which names say that a secret goes by them: the one rule for keys, columns, form fields and variables of templates.
//!
//! What is known about a key of the client goes before it, see [`properties::is_secret`](crate::is_secret).
//!
//! 1. The last part of a dotted name counts. Where that says nothing alone (`password.encrypted`, `token.0`), the
//!    part before it does.
//! 2. It is cut into words: at `_`, `-` and the like, at digits, and where a capital follows a small letter.
//! 3. Its last word decides: `sip_pass`, `VOICEMAIL_PIN`, `accessToken` and `connectionProxyPassword` hold secrets,
//!    `PASSWORD_LENGTH` and `tokenExpiry` do not.

#[cfg(test)]
mod tests;

/// Last words that say it alone.
const WORDS: [&str; 52] = [
    "clave",
    "contraseña",
    "geheim",
    "hasło",
    "lösenord",
    "motdepasse",
    "passw",
    "psw",
    "pswd",
    "пароль",
    "密码",
    "パスワード",
    "authorization",
    "bearer",
    "contrasena",
    "cookie",
    "credential",
    "credentials",
    "geheimnis",
    "haslo",
    "heslo",
    "jwt",
    "kennwort",
    "losenord",
    "parola",
    "pass",
    "passcode",
    "passe",
    "passkey",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "passwort",
    "pin",
    "pincode",
    "pins",
    "psk",
    "puk",
    "pw",
    "pwd",
    "secret",
    "secrets",
    "senha",
    "token",
    "tokens",
    "totp",
    "wachtwoord",
    "apikey",
    "otp",
    "passphrases",
    "passes",
];

/// Ends of words that were written without anything between them: `sippass`, `userpw`.
const ENDS: [&str; 21] = [
    "authkey",
    "licensekey",
    "licencekey",
    "secretkey",
    "privatekey",
    "apikey",
    "credential",
    "credentials",
    "kennwort",
    "pass",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "pincode",
    "pw",
    "pwd",
    "secret",
    "token",
    "secrets",
];

/// Words that end like that and mean something else.
const OTHER: [&str; 4] = ["bypass", "compass", "surpass", "underpass"];

/// Words before `key` that make it key material, and before `code` that make it open something.
const OF_KEYS: [&str; 21] = [
    "wep",
    "wifi",
    "wpa",
    "access",
    "aes",
    "api",
    "auth",
    "client",
    "crypto",
    "encryption",
    "hmac",
    "license",
    "licence",
    "master",
    "private",
    "secret",
    "session",
    "shared",
    "signing",
    "srtp",
    "ssh",
];
const OF_CODES: [&str; 10] =
    ["pass", "puk", "access", "activation", "auth", "door", "pin", "secret", "security", "unlock"];

/// Words behind the one that decides, which say what form it has.
const FORMS: [&str; 22] = [
    "b",
    "enc",
    "md",
    "sha",
    "v",
    "base64",
    "base",
    "clear",
    "cleartext",
    "confirm",
    "confirmation",
    "current",
    "default",
    "encrypted",
    "hash",
    "md5",
    "new",
    "old",
    "plain",
    "plaintext",
    "text",
    "value",
];

/// First words of names that say whether, or how many. What goes by them is no secret if it looks like an answer to that.
const QUESTIONS: [&str; 26] = [
    "allow", "ask", "change", "count", "disable", "enable", "force", "has", "hide", "is", "keep", "max", "min", "need",
    "no", "number", "prompt", "remember", "require", "requires", "save", "show", "store", "ticked", "use", "with",
];

/// Whether what goes by `name` is a secret, as far as a name can say.
///
/// Words of a question (`SAVE_PASSWORD`) are not enough: ask [`is_question`] and look at the value.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    name.rsplit('.').map(words).find_map(|words| decides(&words)).unwrap_or(false)
}

/// Whether site data of this name are secrets without being named as such.
///
/// Less than [`is_secret_name`]: what a template may do with a value must not hang on a guess.
#[must_use]
pub fn is_secret_in_data(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with("password") || lower.ends_with("secret")
}

/// Whether `name` asks whether, or how many: `SAVE_PASSWORD`, `maxTokens`.
#[must_use]
pub fn is_question(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    words(last).first().is_some_and(|word| QUESTIONS.contains(&word.as_str()))
}

/// Where a word that says that a secret follows ends in `text`, which may have the secret behind it without anything
/// between: `PASSWORDhunter2`.
#[must_use]
pub fn end_of_sign(text: &str) -> Option<usize> {
    const SIGNS: [&str; 7] = ["password", "passwd", "passphrase", "secret", "credentials", "passwort", "token"];
    let lower = text.to_ascii_lowercase();
    SIGNS.iter().filter_map(|sign| Some(lower.find(sign)? + sign.len())).min()
}

/// Whether the words of one part are those of a secret; none when they say nothing by themselves.
fn decides(words: &[String]) -> Option<bool> {
    let is_form = |word: &&String| FORMS.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit());
    let mut telling = words.iter().rev().skip_while(is_form);
    let last = telling.next()?.as_str();
    let before = telling.next().map_or("", String::as_str);
    let by_itself = WORDS.contains(&last) || ENDS.iter().any(|end| last.ends_with(end)) && !OTHER.contains(&last);
    let is_pin = last.len() > 4 && last.ends_with("pin") && !["hairpin", "pushpin"].contains(&last);
    let is_key = ["key", "keys"].contains(&last) && OF_KEYS.contains(&before);
    let is_code = last == "code" && OF_CODES.contains(&before);
    Some(by_itself || is_pin || is_key || is_code)
}

/// The words of one part of a name, in lower case.
fn words(part: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut last = ' ';
    let mut characters = part.chars().peekable();
    while let Some(character) = characters.next() {
        let next_is_small = characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = character.is_uppercase() && (last.is_lowercase() || last.is_uppercase() && next_is_small)
            || character.is_ascii_digit() != last.is_ascii_digit();
        if (begins || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        last = character;
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}
