//! What the tool prints.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::comparison::{Client, Difference, Difficulty};
use crate::reasons::Reasons;

/// Every name with its places, those that only set it behind a `+`.
pub(crate) fn list(out: &mut impl Write, clients: &[Client]) -> io::Result<()> {
    for client in clients {
        for (name, uses) in &client.names {
            let reads = uses.reads.join(" ");
            let writes = uses.writes.join(" ");
            writeln!(out, "{}\t{:?}\t{}\t{reads}\t+ {writes}", client.version, name.kind, name.pattern)?;
        }
    }
    Ok(())
}

/// The differences without a reason, and the reasons without a difference. Says whether there are none.
pub(crate) fn compare(out: &mut impl Write, reasons: &Reasons, differences: &BTreeSet<Difference>) -> io::Result<bool> {
    let open = reasons.without(differences);
    for one in &open {
        writeln!(out, "{}: {} ({})", title(one.kind), one.text, one.place)?;
    }
    let stale = reasons.stale(differences);
    for pattern in &stale {
        writeln!(out, "a reason without a difference: {pattern}")?;
    }
    for kind in [Difficulty::Missing, Difficulty::Unread, Difficulty::Version, Difficulty::Open] {
        let of_kind = |all: &mut dyn Iterator<Item = &Difference>| all.filter(|one| one.kind == kind).count();
        let (without, all) = (of_kind(&mut open.iter()), of_kind(&mut differences.iter()));
        writeln!(out, "{}: {without}, and {} with a reason", title(kind), all - without)?;
    }
    Ok(open.is_empty() && stale.is_empty())
}

fn title(kind: Difficulty) -> &'static str {
    match kind {
        Difficulty::Missing => "read, but not in the catalogue",
        Difficulty::Unread => "in the catalogue, but read nowhere",
        Difficulty::Version => "known to other versions than the catalogue says",
        Difficulty::Open => "read under a key that this tool cannot work out",
    }
}
