//! Lines from one function to everything that it calls, and a moment at which they all go dead.
//!
//! On a line a call is whatever is sent after something was received, so the calls of a whole run can be counted without
//! knowing what they are: queries and commits, requests and the handshakes before them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp},
    sync::watch,
    task::{AbortHandle, JoinSet},
};

/// When the lines go dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doom {
    /// Never.
    Spared,
    /// This call doesn't arrive.
    Before(usize),
    /// This call arrives, and its answer doesn't.
    After(usize),
}

/// The lines of one function.
pub(crate) struct Lines {
    fate: Arc<Fate>,
    servers: Vec<AbortHandle>,
}

struct Fate {
    doom: Doom,
    calls: AtomicUsize,
    state: watch::Sender<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Alive,
    Dead,
    Healed,
}

impl Lines {
    pub(crate) fn new(doom: Doom) -> Self {
        let (calls, state) = (AtomicUsize::new(0), watch::Sender::new(State::Alive));
        Self { fate: Arc::new(Fate { doom, calls, state }), servers: Vec::new() }
    }

    /// One more line, to this port of this machine; returns the port of its near end.
    pub(crate) async fn to(&mut self, port: u16) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let near = listener.local_addr().unwrap().port();
        self.servers.push(tokio::spawn(serve(listener, port, Arc::clone(&self.fate))).abort_handle());
        near
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.fate.calls.load(Ordering::SeqCst)
    }

    /// Waits until the lines are dead.
    pub(crate) async fn went_dead(&self) {
        self.fate.state.subscribe().wait_for(|state| *state == State::Dead).await.unwrap();
    }

    /// Ends what is stuck on them. Whoever connects anew gets through.
    pub(crate) fn heal(&self) {
        self.fate.state.send_replace(State::Healed);
    }
}

/// Every connection ends with it.
impl Drop for Lines {
    fn drop(&mut self) {
        self.servers.iter().for_each(AbortHandle::abort);
    }
}

async fn serve(listener: TcpListener, port: u16, fate: Arc<Fate>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        connections.spawn(carry(near, far, Arc::clone(&fate)));
    }
}

/// Carries both ways, until a line is dead: what it has taken then it keeps.
async fn carry(near: TcpStream, far: TcpStream, fate: Arc<Fate>) {
    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
    let (mut question, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
    let mut call = None;
    loop {
        let carried = tokio::select! {
            read = near_in.read(&mut question) => {
                let number = *call.get_or_insert_with(|| fate.calls.fetch_add(1, Ordering::SeqCst) + 1);
                match fate.spares(Doom::Before(number)).await {
                    true => pass_on(read.unwrap_or(0), &question, &mut far_out).await,
                    false => None,
                }
            }
            read = far_in.read(&mut answer) => {
                match fate.spares(Doom::After(call.take().unwrap_or_default())).await {
                    true => pass_on(read.unwrap_or(0), &answer, &mut near_out).await,
                    false => None,
                }
            }
        };
        if carried.is_none() {
            return;
        }
    }
}

/// `None` at the end of the connection.
async fn pass_on(length: usize, bytes: &[u8], out: &mut tcp::OwnedWriteHalf) -> Option<()> {
    if length == 0 {
        return None;
    }
    out.write_all(&bytes[..length]).await.ok()
}

impl Fate {
    /// Whether the connection lives on. Where the lines are dead, or go dead now, that is told once they are healed.
    async fn spares(&self, moment: Doom) -> bool {
        let strikes = |state: &mut State| {
            let strikes = moment == self.doom && *state == State::Alive;
            if strikes {
                *state = State::Dead;
            }
            strikes
        };
        self.state.send_if_modified(strikes);
        if *self.state.borrow() != State::Dead {
            return true;
        }
        let _ = self.state.subscribe().wait_for(|state| *state == State::Healed).await;
        false
    }
}
