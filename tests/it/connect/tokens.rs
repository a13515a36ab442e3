//! What becomes of the tokens: sealed and nowhere else, or refused whole.

use serde_json::json;

use super::{Stage, Via};

#[tokio::test]
async fn tokens_of_an_impossible_size_are_refused_and_nothing_is_kept() {
    let mut stage = Stage::open(Via::TikTok).await;
    // More than can be sealed; more than any answer may have.
    for length in [20_000, 700_000] {
        stage.next_user().await;
        stage.tiktok.change_settings(&json!({ "token_length": length })).await.unwrap();
        let end = stage.connect().await;
        stage.failed(&end, "platform_answer_unreadable").await;
    }
    stage.next_user().await;
    stage.tiktok.change_settings(&json!({ "token_length": 4_000 })).await.unwrap();
    assert_eq!(stage.connect().await["connected"], "tiktok", "large ones are kept");
}

#[tokio::test]
async fn no_table_holds_what_a_platform_issued_but_for_the_sealed_tokens() {
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::open(via).await;
        let end = stage.connect().await;
        assert!(end["connected"].is_string(), "{end}");

        let rows = dump(&stage).await;
        assert!(rows.len() > 3, "{rows:?}");
        let issued = [stage.tiktok.issued().await.unwrap(), stage.meta.issued().await.unwrap()].concat();
        assert!(issued.iter().any(|secret| secret.kind == "access_token") && issued.iter().any(|s| s.kind == "state"));
        for secret in issued {
            assert!(rows.iter().all(|row| !row.contains(&secret.value)), "{via:?}: {secret:?} lies in a table");
        }
    }
}

/// Every row that a login of the user may have written, as text.
async fn dump(stage: &Stage) -> Vec<String> {
    let sql = "SELECT a::text FROM oauth_accounts a WHERE user_id = $1
                UNION ALL SELECT i::text FROM instagram_accounts i WHERE user_id = $1
                UNION ALL SELECT s::text FROM oauth_states s WHERE user_id = $1
                UNION ALL SELECT l::text FROM auth_audit_log l WHERE user_id = $1";
    stage.world.tables.rows(sql, &[&stage.user]).await.iter().map(|row| row.get(0)).collect()
}
