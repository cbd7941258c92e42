use futures_util::stream;
use tokio::time::sleep;

use super::*;

/// Returns an answer whose body is here after so long.
fn answer(after: Duration) -> reqwest::Response {
    let body = stream::once(async move {
        sleep(after).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b"late"))
    });
    let body = reqwest::Body::wrap_stream(body);
    hyper::Response::new(body).into()
}

/// Time that is not real passes, as long as nothing else goes on.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_wanted_is_waited_for_so_long_and_no_longer() {
    let hour = Duration::from_hours(1);
    let rate = Rate {
        bytes: 0,
        over: hour,
    };
    for (millis, bytes) in [(2_990, 4), (3_010, 0)] {
        let begun = Instant::now();
        let answer = answer(Duration::from_millis(millis));
        let transfer = drain(Wire::new(answer, begun + hour, hour, rate)).await;
        assert_eq!(transfer.bytes, bytes, "{millis} ms");
        assert_eq!(transfer.truncated.is_none(), bytes > 0);
        assert!(begun.elapsed() <= Duration::from_millis(3_001));
    }
}
