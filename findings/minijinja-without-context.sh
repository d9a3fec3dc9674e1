#!/usr/bin/env bash
# minijinja: `without context` is read, and means nothing.
#
# Package: the crate minijinja 3.1.0, against Jinja2 3.1.6 for Python, whose template language it speaks.
# Input: one template that includes, and one that imports, a part that mentions a variable of the outer template, both
# `without context`. Undefined variables are errors in both engines.
# Seen: minijinja shows the outer value in both. Jinja2 says that the variable is undefined in both.
#
# A good guess is wrong because words that a parser accepts usually do something, and minijinja refuses others that it does
# not know. Leaving `without context` out is documented nowhere but in a comment of its parser. And Jinja2 imports without
# context even when the words are absent, so a macro that is safe from outer names there sees all of them here.
#
# Exit code 0: still so. 1: something has changed. 2: it could not be tried.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/src"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
minijinja = "=3.1.0"

[workspace]
TOML
cat >"$work/src/main.rs" <<'RUST'
use minijinja::{Environment, ErrorKind, UndefinedBehavior, context};

fn main() {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.add_template("part", "[{{ outer }}]").unwrap();
    engine.add_template("macros", "{% macro show() %}[{{ outer }}]{% endmacro %}").unwrap();
    for template in std::env::args().skip(1) {
        let outcome = match engine.render_str(&template, context!(outer => "seen")) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::UndefinedError => "undefined".to_owned(),
            Err(error) => error.to_string(),
        };
        println!("minijinja {template} -> {outcome}");
    }
}
RUST
cat >"$work/render.py" <<'PYTHON'
import sys

import jinja2

parts = {"part": "[{{ outer }}]", "macros": "{% macro show() %}[{{ outer }}]{% endmacro %}"}
engine = jinja2.Environment(loader=jinja2.DictLoader(parts), undefined=jinja2.StrictUndefined)
for template in sys.argv[1:]:
    try:
        outcome = engine.from_string(template).render(outer="seen")
    except jinja2.UndefinedError:
        outcome = "undefined"
    print(f"Jinja2 {template} -> {outcome}")
PYTHON
cargo build --quiet --manifest-path "$work/Cargo.toml" --target-dir "$work/target" || exit 2
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet jinja2==3.1.6 || exit 2

templates=(
    "{% include 'part' %}"
    "{% include 'part' without context %}"
    "{% import 'macros' as m %}{{ m.show() }}"
    "{% import 'macros' as m without context %}{{ m.show() }}"
)
seen=$(
    "$work/target/debug/finding" "${templates[@]}"
    "$work/venv/bin/python" "$work/render.py" "${templates[@]}"
)
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
minijinja {% include 'part' %} -> [seen]
minijinja {% include 'part' without context %} -> [seen]
minijinja {% import 'macros' as m %}{{ m.show() }} -> [seen]
minijinja {% import 'macros' as m without context %}{{ m.show() }} -> [seen]
Jinja2 {% include 'part' %} -> [seen]
Jinja2 {% include 'part' without context %} -> undefined
Jinja2 {% import 'macros' as m %}{{ m.show() }} -> undefined
Jinja2 {% import 'macros' as m without context %}{{ m.show() }} -> undefined
SEEN
