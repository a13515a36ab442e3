//! Cursor paging: `limit` and `after`, with `paging.next` while there is more. An answer may be shorter than asked for,
//! or empty, although more follows (developers.facebook.com, Graph API: paginated results).

use reqwest::Url;
use serde_json::{Value, json};

use super::{error::GraphError, graph::Call, settings::Settings};

/// What is returned where nothing is asked for.
const DEFAULT_LIMIT: usize = 25;

/// Where an answer starts: so many objects and so many answers came before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cursor {
    objects: usize,
    answers: usize,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (objects, answers) = text.strip_prefix("QVFI")?.split_once('Z')?;
        Some(Self { objects: objects.parse().ok()?, answers: answers.parse().ok()? })
    }

    fn text(self) -> String {
        format!("QVFI{}Z{}", self.objects, self.answers)
    }
}

/// One answer out of all objects. `path` is the edge's.
pub(super) fn page(call: &Call, path: &str, objects: Vec<Value>, settings: &Settings) -> Result<Value, GraphError> {
    let start = match call.parameters.get("after") {
        None => Cursor::default(),
        Some(text) => Cursor::parse(text).ok_or_else(|| GraphError::new(100, "(#100) Invalid cursor"))?,
    };
    let limit = limit(call, settings.max_limit)?;
    let size = settings.page_sizes.get(start.answers).map_or(limit, |size| limit.min(*size));
    let total = objects.len();
    let data: Vec<_> = objects.into_iter().skip(start.objects).take(size).collect();
    let end = Cursor { objects: start.objects + data.len(), answers: start.answers + 1 };
    let mut answer = json!({ "data": data });
    if !data.is_empty() || end.objects < total {
        answer["paging"] = json!({ "cursors": { "before": start.text(), "after": end.text() } });
    }
    if end.objects < total {
        answer["paging"]["next"] = json!(next(call, path, limit, end));
    }
    Ok(answer)
}

fn limit(call: &Call, max: usize) -> Result<usize, GraphError> {
    let Some(limit) = call.parameters.get("limit") else { return Ok(DEFAULT_LIMIT.min(max)) };
    match limit.parse::<usize>() {
        Ok(limit) if limit > 0 => Ok(limit.min(max)),
        _ => Err(GraphError::new(100, "(#100) Param limit must be a positive number")),
    }
}

/// The address of what follows, with the token in it, as Meta writes it.
fn next(call: &Call, path: &str, limit: usize, end: Cursor) -> Option<String> {
    let mut url = Url::parse(&format!("{}{path}", call.base)).ok()?;
    let mut query = url.query_pairs_mut();
    for (name, value) in [("access_token", call.token.as_deref()), ("fields", call.parameters.get("fields"))] {
        value.map(|value| query.append_pair(name, value));
    }
    query.append_pair("limit", &limit.to_string()).append_pair("after", &end.text());
    drop(query);
    Some(url.into())
}
