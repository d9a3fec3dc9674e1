//! What is kept, found and forgotten.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::*;
use crate::model::account::ClientVersion;
use crate::model::request::{Asked, Chosen, RequestEnd, RequestKind, Stages};

/// A request that ended like this.
fn record(id: u64, user: &str, outcome: &'static str, status: u16, needs_repair: bool) -> RequestRecord {
    let agent = "Jitsi/2.10.5550".to_owned();
    RequestRecord {
        id,
        user: Some(user.to_owned()),
        address: Ipv4Addr::new(10, 0, 0, 1).into(),
        version: ClientVersion::parse(&agent),
        agent,
        asked: Asked::Provisioning,
        chosen: None,
        end: RequestEnd { outcome, status: Some(status), reason: None, needs_repair },
        stages: Stages::default(),
        total: Duration::from_millis(5),
    }
}

/// A history of requests of these users, numbered from 1, each a second after the other.
fn history(users: &[&str]) -> History {
    let history = History::new(History::MOST);
    for (id, user) in (1..).zip(users) {
        push(&history, &record(id, user, "provisioned", 200, false));
    }
    history
}

fn push(history: &History, record: &RequestRecord) {
    history.push(record, Timestamp::from_second(1_776_000_000 + i64::try_from(record.id).unwrap()).unwrap());
}

/// The ids of all requests that match.
fn ids(history: &History, filter: &HistoryFilter) -> Vec<u64> {
    history.page(filter, None, usize::MAX).rows.iter().map(|request| request.record.id).collect()
}

#[test]
fn the_newest_come_first_and_the_oldest_go() {
    let history = History::new(3);
    assert!(history.is_empty());
    for id in 1..=5 {
        push(&history, &record(id, "anna", "provisioned", 200, false));
    }
    assert_eq!((ids(&history, &HistoryFilter::default()), history.len()), (vec![5, 4, 3], 3));
    assert!(history.find(2).is_none());
    assert_eq!(history.find(4).unwrap().at.as_second(), 1_776_000_004);
}

#[test]
fn a_page_goes_on_where_the_one_before_ended_though_requests_came_between() {
    let history = history(&["anna", "ben", "anna", "ben", "anna", "ben"]);
    let anna = HistoryFilter { user: Some("AN".to_owned()), ..HistoryFilter::default() };
    let first = history.page(&anna, None, 2);
    assert_eq!(first.rows.iter().map(|row| row.record.id).collect::<Vec<_>>(), [5, 3]);
    push(&history, &record(7, "anna", "provisioned", 200, false));
    let second = history.page(&anna, first.before, 2);
    assert_eq!(second.rows.iter().map(|row| row.record.id).collect::<Vec<_>>(), [1]);
    assert_eq!(second.before, None);
    assert_eq!(history.page(&anna, None, 4).before, None, "nothing is left");
    assert!(history.page(&anna, Some(0), 2).rows.is_empty());
}

#[test]
fn requests_that_end_in_another_order_than_they_began_are_paged_by_their_ends() {
    let history = History::new(10);
    for id in [3, 1, 2] {
        push(&history, &record(id, "anna", "provisioned", 200, false));
    }
    let first = history.page(&HistoryFilter::default(), None, 1);
    assert_eq!(first.rows[0].record.id, 2);
    let rest = history.page(&HistoryFilter::default(), first.before, 9);
    assert_eq!(rest.rows.iter().map(|row| row.record.id).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn every_field_filters_and_all_together() {
    let history = history(&["anna", "Ärger", "ben"]);
    push(&history, &RequestRecord { user: None, ..record(4, "", "RequestNotAuthorised", 400, false) });
    push(&history, &record(5, "ben", "ConnectionException", 503, true));
    let v6 = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
    push(
        &history,
        &RequestRecord { address: v6, agent: "curl/8".to_owned(), ..record(6, "anna", "panic", 500, false) },
    );
    let any = HistoryFilter::default();
    let user = |part: &str| HistoryFilter { user: Some(part.to_owned()), ..HistoryFilter::default() };
    assert_eq!(ids(&history, &user("ANNA")), [6, 1]);
    assert_eq!(ids(&history, &user("äR")), [2]);
    let at = |network: &str| HistoryFilter { network: Some(network.parse().unwrap()), ..HistoryFilter::default() };
    assert_eq!(ids(&history, &at("2001:db8::/32")), [6]);
    assert_eq!(ids(&history, &at("10.0.0.0/8")), [5, 4, 3, 2, 1]);
    assert_eq!(ids(&history, &at("10.0.0.2/32")), [0; 0]);
    let outcome = |outcome| HistoryFilter { outcome: Some(outcome), ..HistoryFilter::default() };
    assert_eq!(ids(&history, &outcome(OutcomeFilter::Kind(RequestKind::Failed))), [6, 5]);
    assert_eq!(ids(&history, &outcome(OutcomeFilter::Kind(RequestKind::Refused))), [4]);
    assert_eq!(ids(&history, &outcome(OutcomeFilter::Outcome("ConnectionException".to_owned()))), [5]);
    let client = HistoryFilter { client: Some("jitsi/2.10".to_owned()), ..HistoryFilter::default() };
    assert_eq!(ids(&history, &client), [5, 4, 3, 2, 1]);
    assert_eq!(ids(&history, &HistoryFilter { user: Some("ben".to_owned()), ..client }), [5, 3]);
    assert_eq!(ids(&history, &any).len(), 6);
}

/// Bytes of all texts of a record, and of the record itself.
fn size(record: &RequestRecord) -> usize {
    let RequestRecord { user, agent, version, asked, chosen, end, .. } = record;
    let file = if let Asked::Update(Some(file)) = asked { file.capacity() } else { 0 };
    let chosen = chosen
        .as_ref()
        .map_or(0, |chosen| chosen.template.capacity() + chosen.rule.as_ref().map_or(0, String::capacity));
    let texts = [user, &end.reason].into_iter().flatten().map(String::capacity).sum::<usize>();
    let client = agent.capacity() + version.product.capacity() + version.version.capacity();
    size_of::<EndedRequest>() + texts + client + file + chosen
}

#[test]
fn requests_with_the_longest_texts_stay_within_the_bound() {
    let long = "ä".repeat(100_000);
    let history = History::new(2);
    history.push(
        &RequestRecord {
            user: Some(long.clone()),
            agent: long.clone(),
            version: ClientVersion { product: long.clone(), version: long.clone() },
            asked: Asked::Update(Some(long.clone())),
            chosen: Some(Chosen { template: long.clone(), rule: Some(long.clone()) }),
            end: RequestEnd { outcome: "panic", status: None, reason: Some(long), needs_repair: true },
            ..record(1, "", "panic", 500, true)
        },
        Timestamp::UNIX_EPOCH,
    );
    let kept = history.find(1).unwrap();
    assert!(size(&kept.record) <= 3 * 1024, "{}", size(&kept.record));
    assert!(kept.record.end.reason.as_ref().unwrap().ends_with('…'));
}

#[test]
fn the_counts_of_a_span_are_those_of_its_requests() {
    let history = History::new(1);
    let now = Timestamp::now();
    for (outcome, status, needs_repair) in
        [("provisioned", 200, false), ("UnauthorizedException", 401, false), ("TemplateException", 500, true)]
    {
        history.push(&record(1, "anna", outcome, status, needs_repair), now);
    }
    // Counted, although only one of them is kept.
    let total = history.total(now, Duration::from_hours(1));
    assert_eq!(total, Counts { provisioned: 1, refused: 1, failed: 1 });
    assert!(history.began() <= now);
}
