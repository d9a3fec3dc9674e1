use super::component::{Pending, proof};
use super::elements::{Elements, attribute};

const STREAM: &str = "<?xml version='1.0'?><stream:stream id='s'><stream:features></stream:features><iq type=\"result\" \
                      id='v1'><vCard xmlns='vcard-temp'><FN>a &lt; b</FN><PHOTO/></vCard></iq> <iq id='v2' note='>'/>";

#[test]
fn elements_are_whole_however_the_stream_is_cut() -> anyhow::Result<()> {
    let whole = Elements::default().push(STREAM.as_bytes())?;
    assert_eq!(whole.len(), 3);
    assert_eq!(
        whole.get(1).map(String::len),
        STREAM.find("</iq>").zip(STREAM.find("<iq")).map(|(to, from)| to + 5 - from)
    );
    for length in 1..STREAM.len() {
        let mut elements = Elements::default();
        let mut found = Vec::new();
        for piece in STREAM.as_bytes().chunks(length) {
            found.extend(elements.push(piece)?);
        }
        assert_eq!(found, whole, "in pieces of {length} bytes");
    }
    Ok(())
}

#[test]
fn what_begins_behind_the_header_is_found_and_the_end_of_the_stream_is_an_error() -> anyhow::Result<()> {
    let mut elements = Elements::in_root();
    assert_eq!(elements.push(b"<handshake></handshake><iq")?, ["<handshake></handshake>"]);
    assert_eq!(elements.push(b"/>")?, ["<iq/>"]);
    assert!(elements.push(b"</stream:stream>").is_err());
    Ok(())
}

#[test]
fn an_attribute_is_that_of_the_first_tag() {
    let element = "<iq type=\"result\" id='v1' from=\"a@b\"><query ver='7'/></iq>";
    let of = |name| attribute(element, name);
    assert_eq!((of("type"), of("id"), of("from"), of("ver")), (Some("result"), Some("v1"), Some("a@b"), None));
}

#[test]
fn each_answer_goes_to_its_query_in_any_order() -> anyhow::Result<()> {
    let pending = Pending::default();
    let (mut first, mut second) = (pending.expect("v1"), pending.expect("v2"));
    let answers = ["<iq type='error' id='v2'/>", "<iq type='result' id='v1'>one</iq>"];
    // The server's own query, another's answer, a message: not ours.
    for element in ["<iq type='get' id='v1'/>", "<iq type='result' id='v3'/>", "<message type='error' id='v1'/>"] {
        pending.answer(element.to_owned());
    }
    assert!(first.try_recv().is_err() && second.try_recv().is_err());
    for answer in answers {
        pending.answer(answer.to_owned());
    }
    assert_eq!((first.try_recv()?, second.try_recv()?), (answers[1].to_owned(), answers[0].to_owned()));
    Ok(())
}

#[test]
fn the_handshake_is_a_digest_in_hexadecimal() {
    // `printf '3BF96D32component-secret' | sha1sum`
    assert_eq!(proof("3BF96D32"), "d7e23ab310cc488b27b56f0adcc62516b8414e95");
}
