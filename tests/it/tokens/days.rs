//! Days of a busy system in a minute: nobody loses an account to the platform's troubles.

use serde_json::{Value, json};

use super::{Connected, Via};
use crate::support::Dice;

const ACCOUNTS: usize = 12;
const ROUNDS_A_DAY: usize = 48;
const DAYS: usize = 3;

#[tokio::test]
async fn of_two_hour_tokens_among_faults_and_an_outage_only_the_one_that_its_owner_revoked_ends() {
    let scene = Connected::by(Via::TikTok).await;
    people(&scene).await;
    let (function, mut dice) = (scene.function().await, Dice::new());
    for round in 0..DAYS * ROUNDS_A_DAY {
        scene.age(30).await;
        scene.stage.world.tables.run("UPDATE oauth_accounts SET last_used_at = now()").await;
        trouble(&scene, round, &mut dice).await;
        if round == ROUNDS_A_DAY {
            scene.stage.tiktok.remove_app("person_7").await.unwrap();
        }
        function.invoke(json!({})).await;
        scene.stage.tiktok.forget_faults().await.unwrap();
    }
    let sql = "SELECT status, display_name, expires_at > now() FROM oauth_accounts WHERE status <> 'active'
               UNION ALL SELECT status, display_name, false FROM oauth_accounts
                          WHERE status = 'active' AND expires_at < now()";
    let rows = scene.stage.world.tables.rows(sql, &[]).await;
    let ended: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(ended, [("needs_reauth".to_owned(), "Person 7".to_owned())]);
}

/// Eleven more people connect their accounts.
async fn people(scene: &Connected) {
    for number in 1..ACCOUNTS {
        let (username, display_name) = (format!("person_{number}"), format!("Person {number}"));
        scene.stage.tiktok.add_person(&json!({ "username": username, "display_name": display_name })).await.unwrap();
        scene.stage.connect_as("", &testkit::Consent::allow().by(&username)).await;
    }
}

/// On the second day, 90 minutes of nothing; else one call in twenty fails in one way or another.
async fn trouble(scene: &Connected, round: usize, dice: &mut Dice) {
    let path = "/v2/oauth/token/";
    if (ROUNDS_A_DAY + 10..ROUNDS_A_DAY + 13).contains(&round) {
        return scene.stage.tiktok.fault(path, 1000, &json!({ "status": 503 })).await.unwrap();
    }
    for _ in 0..ACCOUNTS {
        if dice.roll(20) == 1 {
            let faults: [Value; 3] =
                [json!({ "status": 503 }), json!({ "rate_limited": true }), json!({ "refuse": "server_error" })];
            scene.stage.tiktok.fault(path, 1, &faults[dice.roll(3) - 1]).await.unwrap();
        }
    }
}
