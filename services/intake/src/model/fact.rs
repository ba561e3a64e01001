//! What is true of a dispute beside its state: whose it is, how it came in, what acceptance settled, who wants the court.

use chrono::{DateTime, Utc};
use lexicon::{CaseId, CourtId, PartyId};

use super::Record;

codes! {
    /// How a dispute came in.
    Channel {
        /// Reception window.
        Window = "WINDOW";
        /// Web or mini-program.
        Online = "ONLINE";
        /// A town's app.
        AppTown = "APP_TOWN";
        /// Telephone.
        Hotline = "HOTLINE";
        /// Mobile workstation.
        Mobile = "MOBILE";
        /// Workstation or village committee.
        Station = "STATION";
        /// Commissioned by a court after filing.
        CourtWt = "COURT_WT";
        /// Sent by the police.
        Police = "POLICE";
        /// Sent by the traffic police.
        Traffic = "TRAFFIC";
        /// Sent by the petition office.
        Petition = "PETITION";
        /// Sent by a regulator.
        Regulator = "REGULATOR";
        /// From a duty lawyer's advice.
        LawyerDuty = "LAWYER_DUTY";
        /// Begun by a mediator.
        Proactive = "PROACTIVE";
        /// Referred by a court before filing.
        CourtWp = "COURT_WP";
    }
}

codes! {
    /// How an applicant confirmed what was read back.
    OralConfirmation {
        /// Signed the note.
        Signed = "SIGNED";
        /// A fingerprint under it.
        Fingerprint = "FINGERPRINT";
        /// Said so on a recorded call.
        Voice = "VOICE";
    }
}

/// An application by word: written down, read back, confirmed by the applicant and by the clerk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oral {
    /// When it was read back.
    pub read_back_at: DateTime<Utc>,
    /// How the applicant confirmed it.
    pub confirmed: OralConfirmation,
    /// The recorded call, or empty.
    pub call: String,
}

codes! {
    /// How a party said that it wants the court.
    HowSaid {
        /// At the window.
        AtWindow = "AT_WINDOW";
        /// By telephone.
        ByPhone = "BY_PHONE";
        /// In writing.
        InWriting = "IN_WRITING";
        /// At the mediation table.
        AtTable = "AT_TABLE";
    }
}

/// Whose a dispute is, from its first moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The thread.
    pub case: CaseId,
    /// The governance centre.
    pub centre: String,
    /// The organisation that takes it in.
    pub first_receiver: String,
}

/// How it came in, and what was shown and agreed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The way.
    pub channel: Channel,
    /// The sending system's identifier, or empty.
    pub external_id: String,
    /// When the claimant asked, if that is known to be earlier than the receipt.
    pub requested_at: Option<DateTime<Utc>>,
    /// Warnings that the clerk confirmed.
    pub warnings: Vec<&'static str>,
    /// The version of the privacy notice that was shown.
    pub notice_version: String,
    /// Whether the studio may see what was given.
    pub share_with_studio: bool,
    /// That it was told by word.
    pub oral: Option<Oral>,
    /// The batch that it came in, or empty.
    pub batch: String,
    /// What a draft that went into this one said otherwise, for a person to sort out. It ends with the filing.
    pub noted: Vec<String>,
    /// What the channel records beside.
    pub record: Record,
}

impl Entry {
    /// What a draft knows.
    pub fn of(channel: Channel) -> Self {
        Self {
            channel,
            external_id: String::new(),
            requested_at: None,
            warnings: vec![],
            notice_version: String::new(),
            share_with_studio: false,
            oral: None,
            batch: String::new(),
            noted: vec![],
            record: Record::default(),
        }
    }
}

/// A party's consent to mediation, given at the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Who.
    pub party: PartyId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What acceptance settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// When.
    pub at: DateTime<Utc>,
    /// The number on papers.
    pub case_number: String,
    /// The legal track.
    pub track: String,
    /// Who has already consented to mediation.
    pub consents: Vec<Consent>,
    /// The court that has the suit or sent the case, if one does.
    pub suit: Option<Suit>,
}

/// A suit at a court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suit {
    /// The court.
    pub court: CourtId,
    /// Its case number in the canonical form; empty where it has given none.
    pub number: String,
}

/// A party's word that it wants the court.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Who.
    pub party: PartyId,
    /// How it was said.
    pub how: HowSaid,
    /// When.
    pub at: DateTime<Utc>,
}
