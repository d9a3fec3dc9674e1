#!/usr/bin/env bash
# minijinja: `without context` is accepted, but has no effect.
#
# Package: the crate minijinja 3.1.0, compared with Jinja2 3.1.6 for Python, whose template language it implements.
# Input: one template that includes, and one that imports, a part that mentions a variable of the outer template, both
# `without context`. Undefined variables are errors in both engines.
# Seen: minijinja shows the outer value in both. Jinja2 says that the variable is undefined in both.
#
# A good guess is wrong because words that a parser accepts usually have an effect, and minijinja refuses other words that it
# does not know. Only a comment in its parser says that `without context` is ignored. Besides, Jinja2 imports without context
# even when the words are absent. So a macro that cannot see outer names in Jinja2 sees all of them in minijinja.
#
# Exit code 0: the behaviour is still the same. 1: it has changed. 2: the script could not run.
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
