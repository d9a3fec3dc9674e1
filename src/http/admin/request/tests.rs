//! What a request says of its host, and which forms are read.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;

use super::*;

fn request(headers: &[(&str, &str)]) -> PageRequest {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    PageRequest::new(Method::POST, "/admin/sign-in", "", map, "10.0.0.7".parse().unwrap())
}

#[test]
fn a_host_is_ours_with_or_without_the_usual_port_and_no_other_one_is() {
    let urls = [OwnUrl::parse("https://a.test").unwrap(), OwnUrl::parse("https://b.test:8443").unwrap()];
    let own = |hosts: &[&str]| {
        let hosts: Vec<(&str, &str)> = hosts.iter().map(|host| ("host", *host)).collect();
        request(&hosts).own_url(&urls).map(|url| url.host().to_owned())
    };
    for host in ["a.test", "A.Test", "a.test:443"] {
        assert_eq!(own(&[host]).as_deref(), Some("a.test"), "{host}");
    }
    assert_eq!(own(&["b.test:8443"]).as_deref(), Some("b.test:8443"));
    for hosts in [&[][..], &["a.test:8443"], &["a.test."], &["b.test"], &["evil.test"]] {
        assert_eq!(own(hosts), None, "{hosts:?}");
    }
}

/// What becomes of a form of so many bytes, in pieces, while `places` large forms may be read.
async fn read(size: usize, places: usize) -> Result<bool, UnreadForm> {
    let pieces: Vec<Result<Bytes, Infallible>> =
        "x".repeat(size).as_bytes().chunks(16 * 1024).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let request = request(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]);
    let (large, by) = (Semaphore::new(places), Instant::now() + Duration::from_secs(5));
    let (fields, place) = request.form(stream::iter(pieces), &large, by).await?;
    assert_eq!(fields.iter().next().map(|(name, _)| name.len()), Some(size));
    Ok(place.is_some())
}

#[tokio::test(start_paused = true)]
async fn a_large_form_takes_a_place_and_waits_for_it_while_a_small_one_needs_none() {
    assert_eq!(read(SMALL_FORM, 0).await, Ok(false));
    assert_eq!(read(SMALL_FORM + 1, 0).await, Err(UnreadForm::Incomplete));
    assert_eq!(read(SMALL_FORM + 1, 1).await, Ok(true));
    assert_eq!(read(MAX_FORM, 1).await, Ok(true));
    assert_eq!(read(MAX_FORM + 1, 1).await, Err(UnreadForm::TooLarge));
}
