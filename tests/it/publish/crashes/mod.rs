//! Killed at every moment: before each call that a worker makes of anything (a query, a commit, a request) and after each,
//! before its answer. Whatever it was, TikTok has one post in the end, and it's the file.

mod detours;

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{
    Publishing, is_out,
    stage::{File, TWO_CHUNKS, message},
};
use crate::support::{Doom, FunctionSandbox, Lines};

/// So many die at the same time.
const AT_ONCE: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_worker_dies_there_is_one_post_in_the_end_and_it_is_the_file() {
    let publishing = Arc::new(Publishing::open().await);
    publishing.cut_in_two().await;
    let file = Arc::new(publishing.file(TWO_CHUNKS).await);

    let (calls, _) = published(&publishing, &file, Doom::Spared).await;
    assert!(calls > 40, "{calls} calls are too few to be all of them");
    let mut dooms = (1..=calls).flat_map(|call| [Doom::Before(call), Doom::After(call)]);
    let (mut dying, mut struck) = (JoinSet::new(), 0);
    loop {
        while dying.len() < AT_ONCE
            && let Some(doom) = dooms.next()
        {
            let (publishing, file) = (Arc::clone(&publishing), Arc::clone(&file));
            dying.spawn(async move { (doom, published(&publishing, &file, doom).await) });
        }
        match dying.join_next().await {
            Some(died) => {
                let (doom, (calls, was_struck)) = died.unwrap();
                assert!(was_struck || is_beyond(doom, calls), "{doom:?} was missed among {calls} calls");
                struck += usize::from(was_struck);
            }
            None => break,
        }
    }
    // Not every run makes as many calls as the first: a handshake may come in one piece or in two.
    assert!(struck * 10 > calls * 2 * 9, "{struck} workers died of {calls} calls");
}

/// One post, whose worker dies like this, and another worker after it: how many calls the first one made, and whether it died
/// before it was done.
async fn published(publishing: &Publishing, file: &File, doom: Doom) -> (usize, bool) {
    let post = publishing.post(file).await;
    let died = killed(publishing, post, doom, 3).await;
    publishing.drive(&died.next, post).await;
    is_out(publishing, post, file).await;
    (died.calls, died.was_struck)
}

/// Whether a run of so many calls never came to that moment, or was over with it.
fn is_beyond(doom: Doom, calls: usize) -> bool {
    match doom {
        Doom::Spared => true,
        Doom::Before(call) | Doom::After(call) => calls <= call,
    }
}

/// What became of a worker, and the one after it.
struct Killed {
    /// How many calls it made.
    calls: usize,
    /// Whether it died before it was done.
    was_struck: bool,
    next: FunctionSandbox,
    /// The address that TikTok gave the first one leads through its line.
    _lines: Lines,
}

/// A worker that is told of the post so often, and dies like this.
async fn killed(publishing: &Publishing, post: i32, doom: Doom, times: usize) -> Killed {
    let (worker, lines, hosts) = lined_worker(publishing, doom).await;
    let mut was_struck = false;
    for _ in 0..times {
        tokio::select! {
            answer = worker.try_invoke(message(post)) => drop(answer.unwrap()),
            () = lines.went_dead() => {
                was_struck = true;
                break;
            }
        }
        publishing.age(post, 5).await;
    }
    let calls = lines.calls();
    drop(worker);
    lines.heal();
    publishing.age(post, 5).await;
    let settings = publishing.settings().into_iter().chain([("TIKTOK_UPLOAD_HOSTS", hosts.as_str())]);
    let next = FunctionSandbox::start(&publishing.stage.world, "publish-worker", settings).await;
    Killed { calls, was_struck, next, _lines: lines }
}

/// A worker that reaches nothing but through these lines, and where bytes may go to with them and without.
async fn lined_worker(publishing: &Publishing, doom: Doom) -> (FunctionSandbox, Lines, String) {
    let world = &publishing.stage.world;
    let deployed = world.aws.settings(&world.stack.functions["publish-worker"]).await;
    let mut lines = Lines::new(doom);
    let database = lines.to(deployed["DATABASE_PORT"].parse().unwrap()).await.to_string();
    let tiktok = format!("http://127.0.0.1:{}", lines.to(port(publishing.tiktok_url())).await);
    let aws = format!("http://127.0.0.1:{}", lines.to(port(&world.stack.aws_endpoint_url)).await);
    let hosts = format!("{tiktok},{}", publishing.tiktok_url());
    let lined = [
        ("DATABASE_PORT", database.as_str()),
        ("TIKTOK_API_URL", &tiktok),
        ("TIKTOK_UPLOAD_HOSTS", &hosts),
        ("AWS_ENDPOINT_URL", &aws),
    ];
    let worker = FunctionSandbox::start(world, "publish-worker", publishing.settings().into_iter().chain(lined)).await;
    (worker, lines, hosts)
}

fn port(url: &str) -> u16 {
    url.parse::<reqwest::Url>().unwrap().port().unwrap()
}
