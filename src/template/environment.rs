//! The engine as provisioning templates get it: what may be used, and how a value becomes text.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Rest, ValueKind, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, filters, functions, tests};

use super::error::Notice;
use super::functions::{self as ours, TURN_CREDENTIALS};
use super::secret::Secret;

/// Work that one render may do: about as many steps of the engine, or 64 bytes of text each. A roster of 2,000
/// contacts at ten properties each takes less than a third of it.
const FUEL: u64 = 500_000;

/// How deep macros, loops and files may be nested: a file counts 10, a macro 6. Leaves room for macros in the deepest file.
const RECURSION: usize = 160;

/// The name of our escaping inside the engine.
const ESCAPING: &str = "properties";

/// An engine with nothing in it but what [`filter_names`] and its siblings list.
pub(super) fn environment(escape: fn(&str, &mut String)) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom(ESCAPING.into()));
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(move |out, state, value| write_value(out, state, value, escape));
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION);
    // Makes errors name what was undefined. They also carry values then, so they end in `error`, where they are made.
    environment.set_debug(true);
    for (name, filter) in all_filters() {
        environment.add_filter(name, guarded(name, filter));
    }
    for (name, test) in all_tests() {
        environment.add_test(name, passed_on(test));
    }
    for (name, function) in all_functions() {
        environment.add_global(name, function);
    }
    environment
}

/// How a template is written. Line breaks around blocks stay: an empty line does no harm in a properties file, and two
/// lines that became one would.
pub(super) fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default()
}

/// Names of the filters there are.
pub(super) fn filter_names() -> impl Iterator<Item = &'static str> {
    all_filters().into_iter().map(|(name, _)| name)
}

/// Names of the tests there are.
pub(super) fn test_names() -> impl Iterator<Item = &'static str> {
    all_tests().into_iter().map(|(name, _)| name)
}

/// Names of the functions there are, [`TURN_CREDENTIALS`] too, which comes with the context.
pub(super) fn function_names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<_> = all_functions().into_iter().map(|(name, _)| name).chain([TURN_CREDENTIALS]).collect();
    names.sort_unstable();
    names.into_iter()
}

/// Writes what `{{ … }}` stands for, escaped.
///
/// Text that the engine calls safe is what a macro or a block made: it went through here already, value by value.
/// Nothing else can be safe, since no filter that would make it so is there.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
    escape: fn(&str, &mut String),
) -> Result<(), Error> {
    if *state.auto_escape() != AutoEscape::Custom(ESCAPING.into()) {
        return Err(Notice::raise("`autoescape` cannot be changed: every value is escaped by itself"));
    }
    if let (true, Some(finished)) = (value.is_safe(), value.as_str()) {
        return Ok(out.write_str(finished)?);
    }
    let mut escaped = String::new();
    if let Some(secret) = value.downcast_object_ref::<Secret>() {
        escape(secret.expose(), &mut escaped);
        return Ok(out.write_str(&escaped)?);
    }
    match value.kind() {
        ValueKind::String => escape(plain(value)?, &mut escaped),
        ValueKind::Bool => escaped.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => escape(&value.to_string(), &mut escaped),
        // Only what an `if` without `else` leaves: the engine refuses other undefined values before.
        ValueKind::Undefined => {}
        ValueKind::None => return Err(Notice::raise("`none` has no text; write `{{ … | default('', true) }}`")),
        ValueKind::Map => {
            return Err(Notice::raise(
                "a group of values has no text; name one of them, as in `vcard.title` (a macro is called with `()`)",
            ));
        }
        ValueKind::Seq | ValueKind::Iterable => {
            return Err(Notice::raise("a list has no text; loop over it, or write `{{ … | join(',') }}`"));
        }
        _ => return Err(Notice::raise("this has no text")),
    }
    Ok(out.write_str(&escaped)?)
}

fn plain(value: &Value) -> Result<&str, Error> {
    let text = value.as_str().unwrap_or_default();
    if text.contains(Secret::MARK) {
        return Err(Notice::raise(
            "a secret cannot be joined or filtered; write it on its own, as in `Basic {{ password }}`",
        ));
    }
    Ok(text)
}

/// A filter that refuses text from macros and blocks. Such text is escaped already: in upper case, cut or split, its
/// escapes would break.
fn guarded(
    name: &'static str,
    filter: Value,
) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Value, Error> + Send + Sync + 'static {
    move |state, arguments| {
        let arguments = arguments.into_values();
        if name != "default" && name != "d" && arguments.iter().any(Value::is_safe) {
            return Err(Notice::raise(format!(
                "`{name}` cannot change text that a macro or a block made, which is escaped already; use it inside, on the value"
            )));
        }
        filter.call(state, &arguments)
    }
}

fn passed_on(
    test: Value,
) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Value, Error> + Send + Sync + 'static {
    move |state, arguments| test.call(state, &arguments.into_values())
}

fn all_filters() -> Vec<(&'static str, Value)> {
    merged(engine_filters(), ours::filters())
}

fn all_tests() -> Vec<(&'static str, Value)> {
    merged(engine_tests(), ours::tests())
}

fn all_functions() -> Vec<(&'static str, Value)> {
    merged(engine_functions(), ours::functions())
}

/// Sorted by name, for the lists in messages.
fn merged(
    mut all: Vec<(&'static str, Value)>,
    more: impl IntoIterator<Item = (&'static str, Value)>,
) -> Vec<(&'static str, Value)> {
    all.extend(more);
    all.sort_unstable_by_key(|(name, _)| *name);
    all
}

/// What is left out and why: `safe`, `escape`, `e`, `tojson` make text that is not escaped for properties; `pprint`
/// prints whole groups of values; `indent` adds lines.
fn engine_filters() -> Vec<(&'static str, Value)> {
    let default = Value::from_function(filters::default);
    let length = Value::from_function(filters::length);
    vec![
        ("abs", Value::from_function(filters::abs)),
        ("attr", Value::from_function(filters::attr)),
        ("batch", Value::from_function(filters::batch)),
        ("bool", Value::from_function(filters::bool)),
        ("capitalize", Value::from_function(filters::capitalize)),
        ("chain", Value::from_function(filters::chain)),
        ("count", length.clone()),
        ("d", default.clone()),
        ("default", default),
        ("dictsort", Value::from_function(filters::dictsort)),
        ("first", Value::from_function(filters::first)),
        ("float", Value::from_function(filters::float)),
        ("format", Value::from_function(filters::format)),
        ("groupby", Value::from_function(filters::groupby)),
        ("int", Value::from_function(filters::int)),
        ("items", Value::from_function(filters::items)),
        ("join", Value::from_function(filters::join)),
        ("last", Value::from_function(filters::last)),
        ("length", length),
        ("lines", Value::from_function(filters::lines)),
        ("list", Value::from_function(filters::list)),
        ("lower", Value::from_function(filters::lower)),
        ("map", Value::from_function(filters::map)),
        ("max", Value::from_function(filters::max)),
        ("min", Value::from_function(filters::min)),
        ("reject", Value::from_function(filters::reject)),
        ("rejectattr", Value::from_function(filters::rejectattr)),
        ("replace", Value::from_function(filters::replace)),
        ("reverse", Value::from_function(filters::reverse)),
        ("round", Value::from_function(filters::round)),
        ("select", Value::from_function(filters::select)),
        ("selectattr", Value::from_function(filters::selectattr)),
        ("slice", Value::from_function(filters::slice)),
        ("sort", Value::from_function(filters::sort)),
        ("split", Value::from_function(filters::split)),
        ("string", Value::from_function(filters::string)),
        ("sum", Value::from_function(filters::sum)),
        ("title", Value::from_function(filters::title)),
        ("trim", Value::from_function(filters::trim)),
        ("unique", Value::from_function(filters::unique)),
        ("upper", Value::from_function(filters::upper)),
        ("zip", Value::from_function(filters::zip)),
    ]
}

fn engine_tests() -> Vec<(&'static str, Value)> {
    vec![
        ("!=", Value::from_function(tests::is_ne)),
        ("<", Value::from_function(tests::is_lt)),
        ("<=", Value::from_function(tests::is_le)),
        ("==", Value::from_function(tests::is_eq)),
        (">", Value::from_function(tests::is_gt)),
        (">=", Value::from_function(tests::is_ge)),
        ("boolean", Value::from_function(tests::is_boolean)),
        ("defined", Value::from_function(tests::is_defined)),
        ("divisibleby", Value::from_function(tests::is_divisibleby)),
        ("endingwith", Value::from_function(tests::is_endingwith)),
        ("eq", Value::from_function(tests::is_eq)),
        ("equalto", Value::from_function(tests::is_eq)),
        ("even", Value::from_function(tests::is_even)),
        ("false", Value::from_function(tests::is_false)),
        ("ge", Value::from_function(tests::is_ge)),
        ("greaterthan", Value::from_function(tests::is_gt)),
        ("gt", Value::from_function(tests::is_gt)),
        ("in", Value::from_function(tests::is_in)),
        ("integer", Value::from_function(tests::is_integer)),
        ("iterable", Value::from_function(tests::is_iterable)),
        ("le", Value::from_function(tests::is_le)),
        ("lessthan", Value::from_function(tests::is_lt)),
        ("lower", Value::from_function(tests::is_lower)),
        ("lt", Value::from_function(tests::is_lt)),
        ("mapping", Value::from_function(tests::is_mapping)),
        ("ne", Value::from_function(tests::is_ne)),
        ("none", Value::from_function(tests::is_none)),
        ("number", Value::from_function(tests::is_number)),
        ("odd", Value::from_function(tests::is_odd)),
        ("sequence", Value::from_function(tests::is_sequence)),
        ("startingwith", Value::from_function(tests::is_startingwith)),
        ("string", Value::from_function(tests::is_string)),
        ("true", Value::from_function(tests::is_true)),
        ("undefined", Value::from_function(tests::is_undefined)),
        ("upper", Value::from_function(tests::is_upper)),
    ]
}

/// `debug` is left out: it prints everything, the password too.
fn engine_functions() -> Vec<(&'static str, Value)> {
    vec![
        ("dict", Value::from_function(functions::dict)),
        ("namespace", Value::from_function(functions::namespace)),
        ("range", Value::from_function(functions::range)),
    ]
}
