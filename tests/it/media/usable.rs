//! Whether a file may be used in a post.

use shared::{
    domain::{MediaId, MediaStatus, UserId},
    media::Facts,
    services::media::{MediaError, Usable},
};
use testkit::samples;

use super::{Announced, Desk};

impl Desk {
    async fn usable(&self, announced: &Announced) -> Result<Usable, MediaError> {
        self.files.usable(self.user, announced.media_id).await
    }
}

#[tokio::test]
async fn a_video_that_was_announced_and_put_may_be_used() {
    let desk = Desk::open().await;
    let announced = desk.stored("video/mp4", &samples::mp4()).await;
    let found = desk.usable(&announced).await.unwrap();
    let Facts::Video(facts) = &found.facts else { panic!("{found:?}") };
    assert_eq!(facts.duration.map(|duration| duration.as_millis()), Some(12_500));
    assert_eq!(facts.video.as_ref().map(|track| (track.width, track.height)), Some((1_080, 1_920)));
    assert_eq!(found.media.status, MediaStatus::Stored);
    assert!(found.media.etag.is_some());
    assert_eq!(desk.usable(&announced).await.unwrap(), found);
}

#[tokio::test]
async fn a_picture_may_be_used() {
    let desk = Desk::open().await;
    let announced = desk.stored("image/jpeg", &samples::jpeg()).await;
    let Facts::Image(facts) = desk.usable(&announced).await.unwrap().facts else { panic!("it's a picture") };
    assert_eq!((facts.width, facts.height), (640, 480));
}

#[tokio::test]
async fn a_file_is_looked_at_once() {
    let desk = Desk::open().await;
    let announced = desk.stored("image/jpeg", &samples::jpeg()).await;
    desk.usable(&announced).await.unwrap();
    let sql = "UPDATE media_uploads SET metadata = jsonb_set(metadata, '{facts,image,width}', '7') WHERE id = $1";
    desk.world.tables.rows(sql, &[&announced.media_id.0]).await;
    let Facts::Image(facts) = desk.usable(&announced).await.unwrap().facts else { panic!("it's a picture") };
    assert_eq!(facts.width, 7);
}

#[tokio::test]
async fn another_users_file_is_not_found() {
    let desk = Desk::open().await;
    let announced = desk.stored("image/jpeg", &samples::jpeg()).await;
    let stranger = UserId(desk.world.stack.users[1].id);
    for (user, id) in [(stranger, announced.media_id), (desk.user, MediaId(i64::MAX))] {
        let found = desk.files.usable(user, id).await;
        assert!(matches!(found, Err(MediaError::NotFound)), "{found:?}");
    }
}

#[tokio::test]
async fn a_file_that_has_not_arrived_is_waited_for() {
    let desk = Desk::open().await;
    let announced = desk.announce("image/jpeg", &samples::jpeg()).await;
    let found = desk.usable(&announced).await;
    assert!(matches!(found, Err(MediaError::NotUploaded)), "{found:?}");
}

#[tokio::test]
async fn a_file_whose_time_is_over_is_not_used_any_more() {
    let desk = Desk::open().await;
    let announced = desk.stored("image/jpeg", &samples::jpeg()).await;
    // In its last minutes: whoever deletes it may be at it already.
    let sql = "UPDATE media_uploads SET delete_after = now() + INTERVAL '9 minutes' WHERE id = $1";
    desk.world.tables.rows(sql, &[&announced.media_id.0]).await;
    let found = desk.usable(&announced).await;
    assert!(matches!(found, Err(MediaError::Expired)), "{found:?}");
}

#[tokio::test]
async fn a_file_that_was_replaced_after_it_was_looked_at_is_refused() {
    let desk = Desk::open().await;
    let mp4 = samples::mp4();
    let announced = desk.stored("video/mp4", &mp4).await;
    desk.usable(&announced).await.unwrap();
    assert_eq!(announced.put(&mp4).send().await.unwrap().status(), 200);
    assert!(desk.usable(&announced).await.is_ok(), "the same bytes are the same version");

    desk.replace(announced.media_id, &[mp4.as_slice(), b"more"].concat()).await;
    let found = desk.usable(&announced).await;
    assert!(matches!(found, Err(MediaError::Different("version"))), "{found:?}");
}

#[tokio::test]
async fn what_is_not_as_it_was_promised_is_refused() {
    let desk = Desk::open().await;
    let mp4 = samples::mp4();
    let mut others = mp4.clone();
    others[90_000] ^= 1;
    for (bytes, differs) in [(&[mp4.as_slice(), b"x"].concat(), "size"), (&others, "checksum")] {
        let announced = desk.announce("video/mp4", &mp4).await;
        desk.replace(announced.media_id, bytes).await;
        let found = desk.usable(&announced).await;
        assert!(matches!(found, Err(MediaError::Different(what)) if what == differs), "{found:?}");
    }
}

#[tokio::test]
async fn what_is_not_of_the_kind_that_it_was_said_to_be_is_refused() {
    let desk = Desk::open().await;
    let (mp4, jpeg, html) = (samples::mp4(), samples::jpeg(), b"<!doctype html><script>".to_vec());
    for (content_type, bytes) in
        [("video/mp4", &html), ("video/webm", &mp4), ("image/jpeg", &mp4), ("image/webp", &jpeg)]
    {
        let announced = desk.stored(content_type, bytes).await;
        let found = desk.usable(&announced).await;
        assert!(matches!(found, Err(MediaError::OtherKind)), "{content_type}: {found:?}");
    }
    let announced = desk.stored("video/mp4", &samples::damaged_mp4()).await;
    let found = desk.usable(&announced).await;
    assert!(matches!(found, Err(MediaError::Unreadable)), "{found:?}");
}
