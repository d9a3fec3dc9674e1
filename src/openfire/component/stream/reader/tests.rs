//! Bytes to items, against servers that send odd, large or hostile ones.

use tokio::io::AsyncWriteExt;

use super::*;

const HEADER: &str = "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
                      xmlns='jabber:component:accept' from='prov.example.test' id='2c59gvolof'>";

/// All items of a stream, read byte by byte so that every place is once the end of a read.
async fn read(text: &str) -> (Vec<StreamItem>, Loss) {
    let (mut server, client) = tokio::io::duplex(1);
    let text = text.to_owned();
    let sent = tokio::spawn(async move { server.write_all(text.as_bytes()).await });
    let mut reader = StreamReader::new(client);
    let mut items = Vec::new();
    let end = loop {
        match reader.next().await {
            Ok(item) => items.push(item),
            Err(loss) => break loss,
        }
    };
    drop(reader);
    drop(sent.await.unwrap());
    (items, end)
}

fn elements(items: &[StreamItem]) -> Vec<&str> {
    items.iter().filter_map(|item| if let StreamItem::Element(e) = item { e.attr("id") } else { None }).collect()
}

/// Facts: Openfire 4.2's header has no `version`.
#[tokio::test]
async fn header_stanzas_and_footer_are_distinguished() {
    let (items, end) =
        read(&format!("{HEADER}<handshake></handshake> <iq id='1'><a xmlns='x'>t</a></iq></stream:stream>")).await;
    let header = Header { from: Some("prov.example.test".into()), id: Some("2c59gvolof".into()) };
    assert_eq!(items[0], StreamItem::Header(header));
    assert_eq!(items[1], StreamItem::Element(Element::bare("handshake", "jabber:client")));
    let iq: Element = "<iq xmlns='jabber:client' id='1'><a xmlns='x'>t</a></iq>".parse().unwrap();
    assert_eq!(items[2], StreamItem::Element(iq));
    assert_eq!(items[3], StreamItem::Footer);
    assert!(matches!(end, Loss::Closed), "{end}");
}

/// Facts: Prosody refuses a name with an empty id, Openfire 5.1 without one.
#[tokio::test]
async fn an_empty_id_is_no_id() {
    let (items, _) = read(&HEADER.replace("2c59gvolof", "")).await;
    assert_eq!(items, [StreamItem::Header(Header { from: Some("prov.example.test".into()), id: None })]);
}

#[tokio::test]
async fn messages_and_presences_are_passed_over() {
    let (items, _) =
        read(&format!("{HEADER}<message id='m'><body>x</body></message><presence id='p'/><iq id='1'/>")).await;
    assert_eq!(elements(&items), ["1"]);
}

#[tokio::test]
async fn a_stanza_that_is_too_deep_is_passed_over_and_the_stream_goes_on() {
    let deep = |levels| format!("<iq id='deep'>{}{}</iq>", "<a>".repeat(levels), "</a>".repeat(levels));
    let (items, end) = read_fast(&[HEADER, &deep(FATAL_DEPTH - 1), "<iq id='1'/></stream:stream>"]).await;
    assert_eq!(elements(&items), ["1"]);
    assert!(matches!(end, Loss::Closed), "{end}");
    let (_, end) = read_fast(&[HEADER, &deep(100_000)]).await;
    assert!(matches!(end, Loss::TooDeep { .. }), "{end}");
}

#[tokio::test]
async fn a_stanza_of_too_many_parts_is_passed_over_and_the_stream_goes_on() {
    let many = |part: &str, count: usize| format!("<iq id='many'>{}</iq>", part.repeat(count));
    let (elements_alone, with_attributes) = (many("<a/>", MAX_PARTS - 1), many("<a b=''/>", MAX_PARTS / 2));
    let (items, _) = read_fast(&[HEADER, &elements_alone, &with_attributes, "<iq id='1'/>"]).await;
    assert_eq!(elements(&items), ["1"]);
    let (items, _) = read_fast(&[HEADER, &many("<a b=''/>", MAX_PARTS / 2 - 1)]).await;
    assert_eq!(elements(&items), ["many"]);
}

#[tokio::test]
async fn two_mebibytes_pass_and_over_ten_end_the_stream() {
    let stanza = |mebibytes: usize| format!("<iq id='big'><v>{}</v></iq>", "x".repeat(mebibytes * 1024 * 1024));
    let (items, end) = read_fast(&[HEADER, &stanza(2), &stanza(11)]).await;
    assert_eq!(elements(&items), ["big"]);
    assert!(matches!(end, Loss::TooLarge { .. }), "{end}");
}

/// Openfire 4.2 passes both on unchanged, so that any user can put them into a vCard.
#[tokio::test]
async fn comments_and_long_attributes_do_not_end_the_stream() {
    let vcard =
        format!("<iq id='1'><vCard xmlns='vcard-temp'><FN a='{}'>A<!-- c -->B</FN></vCard></iq>", "x".repeat(20_000));
    let (items, _) = read_fast(&[HEADER, &vcard]).await;
    let Some(StreamItem::Element(iq)) = items.last() else { panic!("{items:?}") };
    let name = iq.children().next().and_then(|vcard| vcard.children().next()).unwrap();
    assert_eq!(name.text(), "AB");
}

/// A server that expects TLS answers a header by an alert, and may leave the connection open.
#[tokio::test]
async fn what_cannot_become_xml_is_not_waited_for() {
    let (mut server, client) = tokio::io::duplex(64);
    server.write_all(&[0x15, 3, 3, 0, 2, 2, 80]).await.unwrap();
    let read = StreamReader::new(client).next().await;
    assert!(matches!(read, Err(Loss::NotWellFormed)), "{read:?}");
    drop(server);
}

/// RFC 6120 section 4.9.3.13.
#[tokio::test]
async fn what_is_not_xml_ends_the_stream() {
    for text in ["garbage>", "HTTP/1.1 400 Bad Request\r\n\r\n<html>", "<html>", "\u{0}\u{1}"] {
        let (items, end) = read(text).await;
        assert!(items.is_empty());
        assert!(matches!(end, Loss::NotWellFormed | Loss::Closed), "{text}: {end}");
    }
    for text in ["<iq></query>", "words <iq/>", "<iq>&unknown;</iq>"] {
        let (items, end) = read(&format!("{HEADER}{text}")).await;
        assert_eq!(items.len(), 1, "{text}");
        assert!(matches!(end, Loss::NotWellFormed), "{text}: {end}");
    }
}

async fn read_fast(parts: &[&str]) -> (Vec<StreamItem>, Loss) {
    let text = parts.concat();
    let mut reader = StreamReader::new(text.as_bytes());
    let mut items = Vec::new();
    loop {
        match reader.next().await {
            Ok(item) => items.push(item),
            Err(loss) => return (items, loss),
        }
    }
}
