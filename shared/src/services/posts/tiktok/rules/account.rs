//! Whether an account can act at all.

use crate::{
    domain::{AccountStatus, catalogue::ErrorCode},
    services::posts::tiktok::creator::Creator,
    store::accounts::Standing,
};

/// What a direct post needs.
const SCOPE: &str = "video.publish";

/// Whether an account can't post, as far as we know ourselves.
pub(in super::super) fn account(account: &Standing) -> Option<Creator> {
    match account.status {
        AccountStatus::NeedsReauth | AccountStatus::Revoked => {
            let reason = account.reason.as_deref().and_then(ErrorCode::find);
            Some(Creator::ended(reason.unwrap_or(ErrorCode::ReconnectRequired)))
        }
        AccountStatus::Active | AccountStatus::Expiring if account.scopes.iter().any(|scope| scope == SCOPE) => None,
        AccountStatus::Active | AccountStatus::Expiring => {
            Some(Creator::MayNot(ErrorCode::ScopeNotAuthorized, format!("{SCOPE} was not granted")))
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn problem(status: AccountStatus, reason: Option<&str>, scopes: &[&str]) -> Option<&'static str> {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let found = account(&Standing {
            status,
            reason: reason.map(str::to_owned),
            scopes,
            granted_at: OffsetDateTime::UNIX_EPOCH,
        });
        found.and_then(|creator| Some(creator.problem()?.code.as_str()))
    }

    #[test]
    fn an_account_says_itself_why_it_can_not_act() {
        use AccountStatus::{Active, NeedsReauth, Revoked};
        let granted = ["user.info.basic", SCOPE];
        assert_eq!(problem(Active, None, &granted), None);
        assert_eq!(problem(Active, None, &["video.upload"]), Some("scope_not_authorized"));
        assert_eq!(problem(NeedsReauth, Some("invalid_grant"), &granted), Some("invalid_grant"));
        assert_eq!(problem(Revoked, Some("auth_removed"), &granted), Some("auth_removed"));
        assert_eq!(problem(Revoked, Some("disconnected"), &granted), Some("reconnect_required"));
    }
}
