//! The time limit while an answer is sent in pieces.

use super::*;
use bytes::Bytes;
use futures::stream;

const STALL: Duration = Duration::from_secs(30);
const PIECE: usize = 64 * 1024;
const PIECES: usize = 20;

/// A connection whose only answer has twenty pieces; the future is the server's side.
fn connection() -> (DuplexStream, impl Future<Output = ()>) {
    let routes = warp::any().and(warp::ext::get::<WriteDeadline>()).map(|deadline: WriteDeadline| {
        let pieces = stream::try_unfold((deadline, 0), |(deadline, count)| async move {
            if count == PIECES {
                deadline.last_piece(STALL);
                return Ok::<_, io::Error>(None);
            }
            deadline.next_piece(STALL);
            Ok(Some((Bytes::from(vec![b'x'; PIECE]), (deadline, count + 1))))
        });
        let mut response = answer::stream(pieces);
        response.extensions_mut().insert(Streamed);
        response
    });
    let (client, server) = tokio::io::duplex(PIECE);
    let talking = async move {
        let second = Duration::from_secs(1);
        let front = Front::plain(routes.boxed(), second, second);
        let (_stop, stopped) = watch::channel(false);
        talk(server, front.talk(&place()), stopped).await;
    };
    (client, talking)
}

const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_slow_client_gets_all_of_it() {
    let (mut client, talking) = connection();
    let begun = Instant::now();
    let reading = async {
        client.write_all(ASK).await.unwrap();
        let mut piece = vec![0; PIECE];
        for _ in 0..PIECES {
            client.read_exact(&mut piece).await.unwrap();
            tokio::time::advance(STALL / 2).await;
        }
        client.read_to_end(&mut Vec::new()).await.unwrap();
    };
    tokio::join!(talking, reading);
    assert!(begun.elapsed() >= STALL * 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_cut_off() {
    let (mut client, talking) = connection();
    let begun = Instant::now();
    client.write_all(ASK).await.unwrap();
    talking.await;
    assert!((STALL..STALL * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    let mut taken = Vec::new();
    client.read_to_end(&mut taken).await.unwrap();
    assert!(taken.len() < PIECE * 4, "{}", taken.len());
}
