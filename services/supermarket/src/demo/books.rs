//! What the demo's clients were told, kept on their side, and the reckoning: what the services hold is compared with it.
//! A definite answer that the services do not bear out is `lost`; one thing that they hold twice is `duplicated`.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{Dispute, DisputeState, ListDisputesRequest, Suggestion};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{ListMediationsRequest, MediationState};
use contracts::routing::v1::ListReferralsRequest;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{FilingState, ListFilingsRequest, ReceiptKind};
use serde::Serialize;
use tonic::Status;

use crate::ask;
use crate::client::{Person, Thread};
use crate::court::Answer;

/// The largest page that the services give.
const PAGE: i32 = 500;

/// One definite answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Filed under this external identifier.
    Filed {
        /// The identifier.
        name: String,
    },
    /// Accepted.
    Accepted,
    /// Refused with a ground.
    Refused,
    /// Claimed and confirmed.
    Claimed,
    /// Signed by all.
    Agreed,
    /// Ended without agreement.
    Failed,
    /// The court has answered.
    CourtAnswered {
        /// It has filed the case.
        filed: bool,
    },
    /// Closed.
    Closed,
}

/// The last line of a run.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Figures {
    /// Disputes filed.
    pub filed: u64,
    /// Accepted.
    pub accepted: u64,
    /// Refused.
    pub refused: u64,
    /// Claimed and confirmed.
    pub claimed: u64,
    /// Agreed.
    pub agreed: u64,
    /// Ended without agreement.
    pub failed: u64,
    /// Filings that the demo's courts received.
    pub court_received: u64,
    /// Filings that they filed.
    pub court_accepted: u64,
    /// Nouns of this run that are still open in the services.
    pub open: u64,
    /// Answers that the services do not bear out.
    pub lost: u64,
    /// Things that the services hold twice.
    pub duplicated: u64,
    /// How long it took.
    pub seconds: f64,
}

/// The clients' books.
#[derive(Default)]
pub struct Books {
    cases: Mutex<HashMap<String, Vec<Told>>>,
    courts: Mutex<HashMap<String, Vec<Answer>>>,
    words: Mutex<BTreeMap<String, Words>>,
}

/// What the words of one dispute decided.
#[derive(Debug, Clone)]
pub struct Words {
    /// The disposition.
    pub disposition: String,
    /// The best category.
    pub label: String,
    /// The words that decided.
    pub words: Vec<String>,
}

impl Books {
    /// Writes a definite answer down.
    pub fn told(&self, case_id: &str, told: Told) {
        locked(&self.cases).entry(case_id.to_owned()).or_default().push(told);
    }

    /// Writes down what a court did.
    pub fn court(&self, answer: Answer) {
        locked(&self.courts).entry(answer.case_id.clone()).or_default().push(answer);
    }

    /// Writes down what decided.
    pub fn words(&self, id: &str, suggestion: &Suggestion) {
        let best = suggestion.categories.first();
        let words = Words {
            disposition: suggestion.disposition().as_str_name().trim_start_matches("DISPOSITION_").to_owned(),
            label: best.map(|c| c.label.clone()).unwrap_or_default(),
            words: best.map(|c| c.words.clone()).unwrap_or_default(),
        };
        locked(&self.words).insert(id.to_owned(), words);
    }

    /// What decided, by the dispute's id.
    pub fn all_words(&self) -> BTreeMap<String, Words> {
        locked(&self.words).clone()
    }

    /// How many cases have ended, of those filed.
    pub fn ended(&self) -> u64 {
        count(&locked(&self.cases), |told| matches!(told, Told::Closed | Told::Refused))
    }

    /// Compares with what the services hold. `run` is the common beginning of this run's external identifiers.
    pub async fn reckon(&self, supervisor: &Person, run: &str) -> Result<Figures, Status> {
        let held = Held::read(supervisor, run).await?;
        let (cases, courts) = (locked(&self.cases).clone(), locked(&self.courts).clone());
        let mut figures = Figures {
            filed: count(&cases, |t| matches!(t, Told::Filed { .. })),
            accepted: count(&cases, |t| *t == Told::Accepted),
            refused: count(&cases, |t| *t == Told::Refused),
            claimed: count(&cases, |t| *t == Told::Claimed),
            agreed: count(&cases, |t| *t == Told::Agreed),
            failed: count(&cases, |t| *t == Told::Failed),
            court_received: courts.len() as u64,
            court_accepted: courts.values().filter(|a| a.iter().any(|a| a.verdict.is_ok())).count() as u64,
            open: held.open,
            ..Figures::default()
        };
        for (case_id, told) in &cases {
            figures.lost += told.iter().filter(|told| !held.bears_out(case_id, told)).count() as u64;
        }
        for (case_id, answers) in &courts {
            let borne = held.filings.get(case_id).is_some_and(|filings| {
                answers.iter().all(|a| {
                    filings.iter().any(|f| f.filing_id == a.filing_id && f.answered(a.verdict.is_ok()))
                })
            });
            figures.lost += u64::from(!borne);
        }
        figures.duplicated = held.duplicated();
        Ok(figures)
    }
}

/// What the services hold of a run.
#[derive(Default)]
struct Held {
    disputes: HashMap<String, (DisputeState, String)>,
    names: HashMap<String, u64>,
    mediations: HashMap<String, Vec<MediationState>>,
    filings: HashMap<String, Vec<HeldFiling>>,
    open: u64,
}

struct HeldFiling {
    filing_id: String,
    state: FilingState,
    received: usize,
    decided: usize,
}

impl HeldFiling {
    fn answered(&self, filed: bool) -> bool {
        self.state == if filed { FilingState::Filed } else { FilingState::NotFiled }
    }
}

impl Held {
    async fn read(supervisor: &Person, run: &str) -> Result<Self, Status> {
        let (mut held, mut thread, mut page_token) = (Self::default(), Thread::default(), String::new());
        loop {
            let ask = ListDisputesRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = ask!(supervisor, thread, IntakeServiceClient::list_disputes, ask)?;
            page.disputes.iter().for_each(|d| held.dispute(d, run));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        loop {
            let ask = ListMediationsRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = ask!(supervisor, thread, MediationServiceClient::list_mediations, ask)?;
            for run in page.mediations.into_iter().filter(|run| held.disputes.contains_key(&run.case_id)) {
                let state = run.state();
                let ended = [MediationState::Agreed, MediationState::Failed, MediationState::Withdrawn]
                    .contains(&state);
                held.open += u64::from(!ended);
                held.mediations.entry(run.case_id).or_default().push(state);
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        loop {
            let ask = ListFilingsRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = ask!(supervisor, thread, TransferServiceClient::list_filings, ask)?;
            for filing in
                page.filings.into_iter().filter(|filing| held.disputes.contains_key(&filing.case_id))
            {
                let state = filing.state();
                let ended =
                    [FilingState::Filed, FilingState::NotFiled, FilingState::Withdrawn].contains(&state);
                held.open += u64::from(!ended);
                let received = filing.receipts.iter().filter(|r| r.kind() == ReceiptKind::Received).count();
                let decided = filing.receipts.len() - received;
                let held_filing = HeldFiling { filing_id: filing.filing_id, state, received, decided };
                held.filings.entry(filing.case_id).or_default().push(held_filing);
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        loop {
            let ask = ListReferralsRequest { page_size: PAGE, page_token, open: true, ..Default::default() };
            let page = ask!(supervisor, thread, RoutingServiceClient::list_referrals, ask)?;
            held.open +=
                page.referrals.iter().filter(|r| held.disputes.contains_key(&r.case_id)).count() as u64;
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(held);
            }
        }
    }

    fn dispute(&mut self, dispute: &Dispute, run: &str) {
        use DisputeState::{Advised, Closed, Refused, Withdrawn};
        if dispute.external_id.starts_with(run) {
            self.open += u64::from(![Advised, Closed, Refused, Withdrawn].contains(&dispute.state()));
            *self.names.entry(dispute.external_id.clone()).or_default() += 1;
            self.disputes.insert(dispute.case_id.clone(), (dispute.state(), dispute.external_id.clone()));
        }
    }

    fn bears_out(&self, case_id: &str, told: &Told) -> bool {
        let Some((state, name)) = self.disputes.get(case_id) else { return false };
        let ran = |wanted| self.mediations.get(case_id).is_some_and(|runs| runs.contains(&wanted));
        match told {
            Told::Filed { name: filed } => name == filed,
            Told::Accepted => ![DisputeState::Submitted, DisputeState::Refused].contains(state),
            Told::Refused => *state == DisputeState::Refused,
            Told::Claimed => self.mediations.contains_key(case_id),
            Told::Agreed => ran(MediationState::Agreed),
            Told::Failed => ran(MediationState::Failed),
            Told::CourtAnswered { filed } => {
                self.filings.get(case_id).is_some_and(|f| f.iter().any(|f| f.answered(*filed)))
            }
            Told::Closed => *state == DisputeState::Closed,
        }
    }

    fn duplicated(&self) -> u64 {
        let names = self.names.values().map(|n| n - 1).sum::<u64>();
        let runs = self.mediations.values().map(|r| r.len() as u64 - 1).sum::<u64>();
        let filings = self.filings.values().map(|f| f.len() as u64 - 1).sum::<u64>();
        let receipts =
            self.filings.values().flatten().filter(|f| f.received > 1 || f.decided > 1).count() as u64;
        names + runs + filings + receipts
    }
}

/// In how many cases the answer was given.
fn count(cases: &HashMap<String, Vec<Told>>, is: impl Fn(&Told) -> bool) -> u64 {
    cases.values().filter(|told| told.iter().any(&is)).count() as u64
}

/// A panic elsewhere must not hide the books.
fn locked<T>(books: &Mutex<T>) -> MutexGuard<'_, T> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}
