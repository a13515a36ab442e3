//! Disconnecting accounts: through the public API, with the platforms there and away.

mod at_once;
mod later;
mod order;
mod tiktok;

use std::collections::HashSet;

use serde_json::Value;
use shared::services::disconnect::{Retried, Revoker, retry_pending};
use testkit::Issued;
use tests::stack::aws::sdk_config;
use tokio::time::{Duration, Instant};

use crate::support::{Settings, World};

impl World {
    /// What tells the platforms, with the settings of the deployed function except for these.
    async fn revoker(&self, changed: &[(&str, &str)]) -> Revoker {
        let mut settings = self.aws.settings(&self.stack.functions["auth-disconnect"]).await;
        settings.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Revoker::load(&Settings(settings), &sdk_config(&self.stack.aws_endpoint_url)).unwrap()
    }

    /// A round of what the platforms haven't confirmed.
    async fn retry(&self) -> Retried {
        retry_pending(&self.revoker(&[]).await, Instant::now() + Duration::from_secs(60)).await.unwrap()
    }

    /// The tokens that live at both platforms.
    async fn living(&self) -> HashSet<String> {
        let tokens = [self.platforms.tiktok.living_tokens().await, self.platforms.meta.living_tokens().await];
        tokens.into_iter().flat_map(Result::unwrap).map(|token: Issued| token.value).collect()
    }

    /// Lets the time come for everything that waits of this account.
    async fn now_due(&self, account: i32) {
        let sql = "UPDATE pending_revocations SET next_attempt_at = now() WHERE oauth_account_id = $1";
        self.tables.rows(sql, &[&account]).await;
    }

    /// What waits of this account: kind, attempts, why, and whether the next attempt is still to come.
    async fn waiting(&self, account: i32) -> Vec<(String, i32, Option<String>, bool)> {
        let sql = "SELECT kind, attempts, error_code, next_attempt_at > now() FROM pending_revocations
                    WHERE oauth_account_id = $1 ORDER BY id";
        let rows = self.tables.rows(sql, &[&account]).await;
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
    }

    /// The account's row and those behind it hold no token, are revoked and say why.
    async fn assert_shredded(&self, account: i32, reason: &str) {
        let sql = "SELECT status, status_reason, access_token_encrypted IS NULL AND refresh_token_encrypted IS NULL,
                          token_version > 1, lease_until IS NULL
                     FROM oauth_accounts WHERE id = $1";
        let row = &self.tables.rows(sql, &[&account]).await[0];
        assert_eq!((row.get(0), row.get(1)), ("revoked", reason));
        assert!([2, 3, 4].iter().all(|column| row.get(*column)), "{account}");
        let sql = "SELECT 1 FROM instagram_accounts
                    WHERE oauth_account_id = $1 AND (status, status_reason, page_token_encrypted IS NULL)
                          <> ('revoked', $2, TRUE)";
        assert!(self.tables.rows(sql, &[&account, &reason]).await.is_empty());
    }

    /// How many rows of the audit log there are of this account and event, with this outcome.
    async fn audited(&self, account: i32, event: &str, outcome: &str) -> usize {
        let sql = "SELECT 1 FROM auth_audit_log WHERE oauth_account_id = $1 AND event = $2 AND outcome = $3";
        self.tables.rows(sql, &[&account, &event, &outcome]).await.len()
    }
}

fn revoked(answer: &crate::support::Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["revoked"].clone()
}
