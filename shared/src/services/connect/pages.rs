//! The Pages that a Facebook login reaches: the person's own, and those of their portfolios.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use platforms::{
    error::PlatformError,
    instagram::{
        graph::{Caller, Graph},
        pages::{Page, PageEdge},
    },
};
use tokio::time::timeout;

use crate::telemetry::causes;

/// Nobody has more pages of Pages than this; a list without an end stops here.
const MAX_PAGES: usize = 50;
/// What reading portfolios may take together. They are extra, and all calls of a login share one limit.
const PATIENCE: Duration = Duration::from_secs(8);
/// How many edges are read at the same time.
const AT_ONCE: usize = 8;

/// Pages, and whether they are all that the login reaches.
pub(super) struct FoundPages {
    pub(super) pages: Vec<Page>,
    pub(super) is_complete: bool,
}

/// The person's own Pages, and those of their portfolios, which are extra: where one can't be read, the others do.
pub(super) async fn all_pages(
    graph: &Graph,
    caller: Caller<'_>,
    granted: &[String],
) -> Result<FoundPages, PlatformError> {
    let mut pages = Vec::new();
    let mut is_complete = every_page(graph, &PageEdge::OfPerson, caller, &mut pages).await?;
    if granted.iter().any(|scope| scope == "business_management") {
        is_complete &= within_limit(graph, caller, &mut pages).await;
    }
    Ok(FoundPages { pages, is_complete })
}

/// Adds what can be read in time, and tells whether that's all.
async fn within_limit(graph: &Graph, caller: Caller<'_>, pages: &mut Vec<Page>) -> bool {
    match timeout(PATIENCE, portfolio_pages(graph, caller, pages)).await {
        Ok(Ok(is_complete)) => return is_complete,
        Ok(Err(error)) => tracing::warn!(cause = %causes(&error), "the portfolios were not read"),
        Err(_) => tracing::warn!("the Pages of portfolios were not all read in time"),
    }
    false
}

async fn portfolio_pages(graph: &Graph, caller: Caller<'_>, pages: &mut Vec<Page>) -> Result<bool, PlatformError> {
    let businesses = graph.businesses(caller).await?;
    let edges = businesses.items.into_iter().flat_map(|id| [PageEdge::OwnedBy(id.clone()), PageEdge::ClientsOf(id)]);
    let mut lists = stream::iter(edges).map(|edge| edge_pages(graph, edge, caller)).buffer_unordered(AT_ONCE);
    let mut is_complete = businesses.next.is_none();
    while let Some(found) = lists.next().await {
        pages.extend(found.pages);
        is_complete &= found.is_complete;
    }
    Ok(is_complete)
}

/// A portfolio's Pages up to the first failure.
async fn edge_pages(graph: &Graph, edge: PageEdge, caller: Caller<'_>) -> FoundPages {
    let mut pages = Vec::new();
    let is_complete = every_page(graph, &edge, caller, &mut pages).await.unwrap_or_else(|error| {
        tracing::warn!(?edge, cause = %causes(&error), "the Pages of a portfolio were not all read");
        false
    });
    FoundPages { pages, is_complete }
}

/// Adds an edge's Pages, and tells whether its list came to an end.
async fn every_page(
    graph: &Graph,
    edge: &PageEdge,
    caller: Caller<'_>,
    pages: &mut Vec<Page>,
) -> Result<bool, PlatformError> {
    let mut after = None;
    for _ in 0..MAX_PAGES {
        let listing = graph.pages(edge, after.as_deref(), caller).await?;
        pages.extend(listing.items);
        match listing.next {
            None => return Ok(true),
            Some(next) if after.as_ref() == Some(&next) => break,
            next => after = next,
        }
    }
    tracing::warn!(?edge, "a list of Pages has no end");
    Ok(false)
}
