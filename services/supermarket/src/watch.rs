//! `supermarket court`: a court at its inbox, printing what it does.

use courier::Clock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::client::{Person, channel};
use crate::court::Court;
use crate::server::Server;

/// Follows the inbox until interrupted.
pub async fn run(server: &Server, account: &str, refuse_one_in: u64, json: bool) -> anyhow::Result<()> {
    let accounts = server.accounts()?;
    let person = Person::sign_in(&channel(&server.address)?, accounts.get(account)?).await?;
    let court = Court::new(person, Clock::system(), refuse_one_in)?;
    let (told, mut answers) = mpsc::channel(16);
    let stop = CancellationToken::new();
    if !json {
        println!("{account} follows its inbox at {}; Ctrl-C ends it.", server.address);
    }
    let following = court.follow(told, stop.clone());
    tokio::pin!(following);
    loop {
        tokio::select! {
            () = &mut following => return Ok(()),
            _ = tokio::signal::ctrl_c() => stop.cancel(),
            Some(answer) = answers.recv() => {
                let (verdict, word) = match &answer.verdict {
                    Ok(number) => ("filed", number),
                    Err(reason) => ("refused", reason),
                };
                if json {
                    println!("{}", serde_json::json!({ "case_id": answer.case_id, "filing_id": answer.filing_id, verdict: word }));
                } else {
                    println!("{}  {verdict:<8} {word}", answer.case_id);
                }
            }
        }
    }
}
