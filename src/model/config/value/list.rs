//! Lists that may be written as one text.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// Reads a list of texts, or one text that stands for a list of one. An empty list is refused: as a condition it would
/// hold for nobody.
pub(in crate::model::config) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    input.deserialize_any(Texts(PhantomData))
}

/// The same for each name of a table.
pub(in crate::model::config) fn by_name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<BTreeMap<String, Vec<T>>, D::Error> {
    let lists = BTreeMap::<String, List<T>>::deserialize(input)?;
    if lists.is_empty() {
        return Err(D::Error::custom("no field is named; name one, or leave the key out"));
    }
    Ok(lists.into_iter().map(|(name, List(items))| (name, items)).collect())
}

struct List<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        deserialize(input).map(Self)
    }
}

struct Texts<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Texts<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text in quotation marks, or a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![T::deserialize(StrDeserializer::new(text))?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        if list.is_empty() {
            return Err(A::Error::custom("the list is empty, so no client would match; leave the key out"));
        }
        Ok(list)
    }
}
