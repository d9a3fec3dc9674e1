//! The engine's filters, each with what it costs.
//!
//! Those that the engine makes available to us charge for their results only. So all values that a filter is given are
//! weighed before, and lists that it makes are made whole.

mod charged;
mod texts;

use minijinja::{Value, filters};

use self::charged::Cost::{Items, Nesting, Nothing, Pieces, Product, Sorting, Whole};
pub(in crate::template) use self::charged::{Filter, refuse_safe_text};

/// What is left out and why: `safe`, `escape`, `e`, `tojson` make text that is not escaped for properties; `pprint`
/// prints whole groups of values; `indent` adds lines.
pub(in crate::template) fn all() -> Vec<Filter> {
    let filter = Filter::new;
    let of_text = |name, function, cost| Filter::new(name, function, cost).of_texts(1);
    vec![
        filter("abs", Value::from_function(filters::abs), Nothing),
        filter("attr", Value::from_function(filters::attr), Nothing),
        filter("batch", Value::from_function(filters::batch), Nesting),
        filter("bool", Value::from_function(filters::bool), Nothing),
        of_text("capitalize", Value::from_function(filters::capitalize), Nothing),
        filter("chain", Value::from_function(texts::chain), Items),
        filter("count", Value::from_function(filters::length), Nothing),
        filter("d", Value::from_function(filters::default), Nothing),
        filter("default", Value::from_function(filters::default), Nothing),
        filter("dictsort", Value::from_function(filters::dictsort), Sorting),
        filter("first", Value::from_function(filters::first), Nothing),
        filter("float", Value::from_function(texts::float), Nothing),
        filter("format", Value::from_function(texts::format), Whole),
        filter("groupby", Value::from_function(filters::groupby), Sorting),
        filter("int", Value::from_function(texts::int), Nothing),
        filter("items", Value::from_function(filters::items), Nesting),
        filter("join", Value::from_function(texts::join), Items),
        filter("last", Value::from_function(filters::last), Nothing),
        filter("length", Value::from_function(filters::length), Nothing),
        of_text("lines", Value::from_function(filters::lines), Pieces),
        filter("list", Value::from_function(filters::list), Items),
        of_text("lower", Value::from_function(filters::lower), Nothing),
        filter("map", Value::from_function(filters::map), Nesting),
        filter("max", Value::from_function(filters::max), Whole),
        filter("min", Value::from_function(filters::min), Whole),
        filter("reject", Value::from_function(filters::reject), Items),
        filter("rejectattr", Value::from_function(filters::rejectattr), Items),
        filter("replace", Value::from_function(filters::replace), Nothing).of_texts(3),
        filter("reverse", Value::from_function(filters::reverse), Items),
        filter("round", Value::from_function(filters::round), Nothing),
        filter("select", Value::from_function(filters::select), Items),
        filter("selectattr", Value::from_function(filters::selectattr), Items),
        filter("slice", Value::from_function(filters::slice), Nesting),
        filter("sort", Value::from_function(filters::sort), Sorting),
        of_text("split", Value::from_function(filters::split), Pieces),
        filter("string", Value::from_function(texts::string), Nothing),
        filter("sum", Value::from_function(texts::sum), Items),
        of_text("title", Value::from_function(filters::title), Nothing),
        of_text("trim", Value::from_function(filters::trim), Product),
        filter("unique", Value::from_function(filters::unique), Sorting),
        of_text("upper", Value::from_function(filters::upper), Nothing),
        filter("zip", Value::from_function(filters::zip), Nesting),
    ]
}
