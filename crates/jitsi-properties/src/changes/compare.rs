//! What a reply changes on a client that has applied an earlier one.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::document::{Document, Entry};
use super::change::{Change, Shown};
use super::held::Held;
use super::step::{Effect, Key, Step};
use super::{ClientSettings, Setting, stored_key};
use crate::hiding::holds_mark;
use crate::jitsi_keys::SYSTEM;

/// What a client that has applied `earlier`, and nothing since, makes of `new`.
///
/// In the client's order. A key that several entries touch comes once, where the last of them touches it. `placeholder`
/// replaces the secrets in a reply that was made without them: such values are not compared.
#[must_use]
pub fn compare(earlier: &Document, new: &Document, placeholder: &str) -> Vec<Change> {
    let mut settings = ClientSettings::default();
    let known_sweeps =
        settings.apply(earlier).into_iter().filter(is_sweep).map(|step| (step.key, step.effect)).collect();
    let asks = settings.asks();
    let not_asked = (!asks).then_some(Change::NotAsked);
    let last_run = std::mem::take(&mut settings.run);
    settings.start();
    let before = settings.stored.clone();
    let steps = settings.apply(new);
    let secrets = secrets(earlier).chain(secrets(new)).collect();
    let comparison = Comparison {
        before,
        last_run,
        after: settings,
        steps: &steps,
        reply: new,
        asks,
        known_sweeps,
        secrets,
        placeholder,
    };
    not_asked.into_iter().chain(comparison.changes()).collect()
}

fn is_sweep(step: &Step) -> bool {
    matches!(step.effect, Effect::Sweep { .. })
}

fn secrets(reply: &Document) -> impl Iterator<Item = &str> {
    reply.entries().filter(Entry::is_secret).map(|entry| entry.value()).filter(|value| !value.is_empty())
}

struct Comparison<'a> {
    before: BTreeMap<String, Setting>,
    last_run: BTreeMap<String, Setting>,
    after: ClientSettings,
    steps: &'a [Step],
    reply: &'a Document,
    /// Whether the client asks for the reply at all.
    asks: bool,
    /// The removing entries that the earlier reply had too.
    known_sweeps: HashSet<(Key, Effect)>,
    /// Values of secret keys. Another key may have one of them too.
    secrets: HashSet<&'a str>,
    placeholder: &'a str,
}

/// What the reply does to one stored key.
#[derive(Default)]
struct Touch {
    /// The last step.
    last: usize,
    /// Number of the line that sets it.
    set: usize,
}

impl Comparison<'_> {
    fn changes(&self) -> Vec<Change> {
        let touches = self.touches();
        let ended = self.last_run.iter().filter(|(name, _)| !self.after.run.contains_key(*name));
        let mut changes: Vec<Change> =
            ended.map(|(name, setting)| Change::RunEnded { key: run_key(name, setting) }).collect();
        let mut same = 0;
        for (place, step) in self.steps.iter().enumerate() {
            match self.change(place, step, &touches) {
                Some(Change::Same(more)) => same += more,
                change => changes.extend(change),
            }
        }
        changes.extend((same > 0).then_some(Change::Same(same)));
        let held = Held { before: &self.before, after: &self.after.stored, reply: self.reply };
        let (locks, stays) = held.locks(self.stays(&touches));
        changes.extend((!stays.is_empty()).then_some(Change::Stays(stays)));
        changes.extend((!locks.is_empty()).then_some(Change::Locked(locks)));
        // A client that does not ask does not get there.
        changes.extend(self.asks.then(|| held.harm()).into_iter().flatten());
        changes
    }

    fn touches(&self) -> HashMap<&str, Touch> {
        let mut touches: HashMap<&str, Touch> = HashMap::with_capacity(self.steps.len());
        for (place, step) in self.steps.iter().enumerate() {
            if matches!(step.effect, Effect::Stored | Effect::Removed(_)) {
                let touch = touches.entry(step.key.text()).or_default();
                touch.last = place;
                if step.effect == Effect::Stored {
                    touch.set = step.line;
                }
            }
        }
        touches
    }

    fn change(&self, place: usize, step: &Step, touches: &HashMap<&str, Touch>) -> Option<Change> {
        let (key, line) = (step.key.clone(), step.line);
        let touch = touches.get(key.text());
        let is_last = touch.is_some_and(|touch| touch.last == place);
        match &step.effect {
            Effect::Stored | Effect::Removed(_) if !is_last => None,
            Effect::Stored => {
                let to = self.after.stored.get(key.text())?;
                Some(self.compare(key.clone(), self.before.get(key.text()), to))
            }
            Effect::Removed(by) if self.before.contains_key(key.text()) => {
                Some(Change::Removed { key, by: by.clone() })
            }
            Effect::Removed(by) => Some(Change::Undone { key, line: touch?.set, by: by.clone() }),
            Effect::ForThisRun => {
                let to = self.after.run.get(key.text())?;
                Some(self.compare(run_key(key.text(), to), self.last_run.get(key.text()), to))
            }
            Effect::Sweep { list } => {
                let next = self.steps.get(place + 1);
                let hits = next.is_some_and(|next| next.line == line && matches!(next.effect, Effect::Removed(_)));
                let known = self.known_sweeps.contains(&(key.clone(), step.effect.clone()));
                (!known && (list.is_some() || !hits)).then(|| Change::Sweeps { key, line, list: list.clone() })
            }
            Effect::NotAllowed { list } => Some(Change::NotAllowed { key, line, list: *list }),
            Effect::Stopped => {
                let lost = self.steps.iter().filter(|step| step.effect == Effect::NotReached);
                Some(Change::Stopped { line, lost: lost.map(|step| step.key.clone()).collect() })
            }
            Effect::NotReached => None,
        }
    }

    fn compare(&self, key: Key, from: Option<&Setting>, to: &Setting) -> Change {
        let Some(from) = from else { return Change::Added { key, value: self.shown(to) } };
        // Before the texts: two placeholders are equal whatever they replace.
        if self.has_placeholder(from) || self.has_placeholder(to) {
            return Change::NotCompared { key };
        }
        if from.text == to.text {
            return Change::Same(1);
        }
        match (self.shown(from), self.shown(to)) {
            // What was a secret's place in the one may hold a secret in the other, which is not known as one.
            (Shown::Text(from), Shown::Text(to)) if holds_mark(&from) != holds_mark(&to) => {
                Change::Changed { key, from: Shown::Hidden, to: Shown::Hidden }
            }
            (from, to) => Change::Changed { key, from, to },
        }
    }

    fn has_placeholder(&self, setting: &Setting) -> bool {
        !self.placeholder.is_empty() && setting.text.as_ref().is_some_and(|text| text.contains(self.placeholder))
    }

    fn shown(&self, setting: &Setting) -> Shown {
        match &setting.text {
            None => Shown::Own,
            Some(text) if setting.secret || self.has_placeholder(setting) || self.holds_secret(text) => Shown::Hidden,
            Some(text) => Shown::Text(text.to_string()),
        }
    }

    /// Whether the text is a secret of one of the replies, or contains one that is too long for an accident.
    fn holds_secret(&self, text: &str) -> bool {
        const NO_ACCIDENT: usize = 4;
        let stands = |secret: &&str| secret.len() >= NO_ACCIDENT && text.contains(secret);
        self.secrets.contains(text) || self.secrets.iter().any(stands)
    }

    /// What the earlier reply set, and no entry of this one is about.
    fn stays(&self, touches: &HashMap<&str, Touch>) -> Vec<Key> {
        let without_effect = |step: &&Step| matches!(step.effect, Effect::NotAllowed { .. } | Effect::NotReached);
        let named: HashSet<String> =
            self.steps.iter().filter(without_effect).map(|step| stored_key(step.key.text())).collect();
        let stays = |(key, setting): &(&String, &Setting)| {
            setting.text.is_some() && !touches.contains_key(key.as_str()) && !named.contains(*key)
        };
        self.before.iter().filter(stays).map(|(key, setting)| Key::new(key.clone(), setting.bare)).collect()
    }
}

/// The name of a Java property as a reply writes it.
fn run_key(name: &str, setting: &Setting) -> Key {
    Key::new(format!("{SYSTEM}{name}"), setting.bare)
}
