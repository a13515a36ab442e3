//! Killed at every moment: before each call that a worker makes of anything (a query, a commit, a request) and after each,
//! before its answer. Whatever it was, TikTok has one post in the end, and it's the file.

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
    let publishing = std::sync::Arc::new(Publishing::open().await);
    publishing.cut_in_two().await;
    let file = std::sync::Arc::new(publishing.file(TWO_CHUNKS).await);

    let calls = killed(&publishing, &file, Doom::Spared).await;
    assert!(calls > 40, "{calls} calls are too few to be all of them");
    let mut dooms = (1..=calls).flat_map(|call| [Doom::Before(call), Doom::After(call)]);
    let mut dying = JoinSet::new();
    loop {
        while dying.len() < AT_ONCE && let Some(doom) = dooms.next() {
            let (publishing, file) = (std::sync::Arc::clone(&publishing), std::sync::Arc::clone(&file));
            dying.spawn(async move { killed(&publishing, &file, doom).await });
        }
        match dying.join_next().await {
            Some(died) => died.unwrap(),
            None => break,
        };
    }
}

/// One post, whose worker dies like this, and another worker after it. Returns how many calls the first one made.
async fn killed(publishing: &Publishing, file: &File, doom: Doom) -> usize {
    let post = publishing.post(file).await;
    let (worker, lines) = lined_worker(publishing, doom).await;
    for _ in 0..3 {
        tokio::select! {
            answer = worker.try_invoke(message(post)) => drop(answer.unwrap()),
            () = lines.went_dead() => break,
        }
        publishing.age(post, 5).await;
    }
    let calls = lines.calls();
    drop((worker, lines));
    publishing.age(post, 5).await;
    publishing.drive(&publishing.worker().await, post).await;
    is_out(publishing, post, file).await;
    calls
}

/// A worker that reaches nothing but through these lines.
async fn lined_worker(publishing: &Publishing, doom: Doom) -> (FunctionSandbox, Lines) {
    let world = &publishing.stage.world;
    let deployed = world.aws.settings(&world.stack.functions["publish-worker"]).await;
    let settings = publishing.settings();
    let tiktok = settings.iter().find(|(name, _)| *name == "TIKTOK_API_URL").unwrap().1;
    let mut lines = Lines::new(doom);
    let database = lines.to(deployed["DATABASE_PORT"].parse().unwrap()).await.to_string();
    let tiktok = format!("http://127.0.0.1:{}", lines.to(port(tiktok)).await);
    let aws = format!("http://127.0.0.1:{}", lines.to(port(&world.stack.aws_endpoint_url)).await);
    let lined = [
        ("DATABASE_PORT", database.as_str()),
        ("TIKTOK_API_URL", &tiktok),
        ("TIKTOK_UPLOAD_HOSTS", &tiktok),
        ("AWS_ENDPOINT_URL", &aws),
    ];
    let worker = FunctionSandbox::start(world, "publish-worker", settings.into_iter().chain(lined)).await;
    (worker, lines)
}

fn port(url: &str) -> u16 {
    url.parse::<reqwest::Url>().unwrap().port().unwrap()
}
