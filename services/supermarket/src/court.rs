//! A court's client: follows the court's inbox, reads each package, checks every digest itself, answers with a receipt,
//! and files or refuses. It is what `supermarket court` runs and what the demo's courts are.

use std::collections::HashMap;
use std::time::Duration;

use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::{
    AcceptFilingRequest, AcknowledgeReceiptRequest, Document, FilingState, GetPackageRequest, InboxItem,
    Package, RefuseFilingRequest, WatchInboxRequest,
};
use courier::Clock;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;

use crate::client::{Pause, Person, Thread, describe, passing};

/// What the court did with one filing.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The filing.
    pub filing_id: String,
    /// The case.
    pub case_id: String,
    /// The number given, or why it was refused.
    pub verdict: Result<String, String>,
}

/// A court at its inbox.
pub struct Court {
    person: Person,
    code: &'static str,
    clock: Clock,
    /// One filing in this many is refused, chosen by its complaint; 0 refuses none.
    refuse_one_in: u64,
    answered: HashMap<String, Result<String, String>>,
}

impl Court {
    /// A court for an account with a court.
    pub fn new(person: Person, clock: Clock, refuse_one_in: u64) -> anyhow::Result<Self> {
        let court = person.account.court.clone().unwrap_or_default();
        let code = rulebook::courts::by_id(&court)
            .map(|c| c.case_number_code.as_str())
            .ok_or_else(|| anyhow::anyhow!("the account {} speaks for no court", person.account.account))?;
        Ok(Self { person, code, clock, refuse_one_in, answered: HashMap::new() })
    }

    /// Follows the inbox until told to stop, resuming after every break. Answers are sent to `told`.
    pub async fn follow(mut self, told: mpsc::Sender<Answer>, stop: CancellationToken) {
        let mut resume_token = String::new();
        let mut pause = Pause::default();
        while !stop.is_cancelled() {
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                outcome = self.watch(&mut resume_token, &told, &mut pause) => outcome,
            };
            if let Err(status) = outcome {
                if !passing(&status) {
                    tracing::warn!(
                        court = self.code,
                        reason = describe(&status),
                        "the inbox stopped; trying again"
                    );
                    resume_token.clear();
                }
                if !pause.again().await {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    pause = Pause::default();
                }
            }
        }
    }

    async fn watch(
        &mut self,
        resume_token: &mut String,
        told: &mpsc::Sender<Answer>,
        pause: &mut Pause,
    ) -> Result<(), tonic::Status> {
        let ask = WatchInboxRequest { resume_token: resume_token.clone() };
        let mut items = self
            .person
            .call(&mut Thread::default(), ask, |line, m| async move {
                CourtServiceClient::new(line).watch_inbox(m).await
            })
            .await?;
        *pause = Pause::default();
        while let Some(item) = items.next().await {
            let item = item?;
            if !item.caught_up && !self.answered.contains_key(&item.filing_id) {
                let answer = self.answer(&item).await?;
                self.answered.insert(answer.filing_id.clone(), answer.verdict.clone());
                let _ = told.send(answer).await;
            }
            if !item.resume_token.is_empty() {
                resume_token.clone_from(&item.resume_token);
            }
        }
        Ok(())
    }

    /// Reads, checks, receipts and decides. Everything in it may be repeated.
    async fn answer(&self, item: &InboxItem) -> Result<Answer, tonic::Status> {
        let (case_id, mut thread) = (item.case_id.clone(), Thread::default());
        let ask = GetPackageRequest { case_id: case_id.clone(), confirmation: false };
        let package = self
            .person
            .call(&mut thread, ask, |line, m| async move {
                CourtServiceClient::new(line).max_decoding_message_size(64 << 20).get_package(m).await
            })
            .await?;
        let package_sha256 = package_digest(&package);
        if item.state() == FilingState::Transferred {
            let receipt = AcknowledgeReceiptRequest {
                case_id: case_id.clone(),
                package_sha256: package_sha256.clone(),
                court_time: Some(self.now()),
            };
            self.person
                .call(&mut thread, receipt, |line, m| async move {
                    CourtServiceClient::new(line).acknowledge_receipt(m).await
                })
                .await?;
        }
        let verdict = self.verdict(&item.filing_id, &package);
        match verdict.clone() {
            Ok(court_case_number) => {
                let court_time = Some(self.now());
                let accept = AcceptFilingRequest {
                    case_id: case_id.clone(),
                    package_sha256,
                    court_case_number,
                    court_time,
                };
                self.person
                    .call(&mut thread, accept, |line, m| async move {
                        CourtServiceClient::new(line).accept_filing(m).await
                    })
                    .await?;
            }
            Err(reason) => {
                let court_time = Some(self.now());
                let refuse =
                    RefuseFilingRequest { case_id: case_id.clone(), package_sha256, reason, court_time };
                self.person
                    .call(&mut thread, refuse, |line, m| async move {
                        CourtServiceClient::new(line).refuse_filing(m).await
                    })
                    .await?;
            }
        }
        Ok(Answer { filing_id: item.filing_id.clone(), case_id, verdict })
    }

    /// Files, but for some filings by what their complaint says; so asking again decides the same, and so does another court
    /// that is asked the same.
    fn verdict(&self, filing_id: &str, package: &Package) -> Result<String, String> {
        let complaint =
            package.complaint.as_ref().filter(|c| !c.plaintiffs.is_empty() && !c.defendants.is_empty());
        let Some(complaint) = complaint else { return Err("起诉状缺少原告或被告".to_owned()) };
        let said = [&complaint.plaintiffs[0].name, &complaint.claims, &complaint.facts];
        if self.refuse_one_in > 0 && scatter(said) % self.refuse_one_in == 0 {
            return Err("示范拒绝：起诉材料不符合民事诉讼法第一百二十二条".to_owned());
        }
        let year = rulebook::calendar::civil_date(self.clock.now()).format("%Y");
        Ok(format!("（{year}）{}民初{}号", self.code, 1 + scatter([filing_id]) % 99_999_999))
    }

    fn now(&self) -> prost_types::Timestamp {
        let now = self.clock.now();
        prost_types::Timestamp { seconds: now.timestamp(), nanos: now.timestamp_subsec_nanos() as i32 }
    }
}

/// The digest of a package as a court recomputes it: SHA-256 over `kind:sha256` lines, from the content itself.
fn package_digest(package: &Package) -> String {
    let mut whole = Sha256::new();
    for Document { entry, content, .. } in &package.documents {
        let kind = entry.as_ref().map(|e| e.kind().as_str_name()).unwrap_or_default();
        let kind = kind.trim_start_matches("DOCUMENT_KIND_");
        whole.update(format!("{kind}:{}\n", hex(&Sha256::digest(content))));
    }
    hex(&whole.finalize())
}

/// A number that texts come to: the same for the same texts, and as good as any among many.
fn scatter<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> u64 {
    let digest = texts.into_iter().fold(Sha256::new(), |digest, text| digest.chain_update(text.as_ref()));
    digest.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
