//! What is true of a dispute beside its state: whose it is, how it came in, what acceptance settled, who wants the court.

use chrono::{DateTime, Utc};
use lexicon::{CaseId, CourtId, Demands, PartyId};

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

/// Whose demands for the court are known, and by which number; what they mean is written down in [`lexicon::demand`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demanding {
    /// The last word of each party that has not taken it back, oldest first, with its number.
    pub said: Vec<(Demand, u64)>,
    /// Which of them are over.
    pub demands: Demands,
}

impl Demanding {
    /// Whether this party's demand stands.
    pub fn of(&self, party: PartyId) -> bool {
        self.said.iter().any(|(demand, number)| demand.party == party && self.demands.leaves(*number))
    }

    /// Whether anybody's does.
    pub fn any(&self) -> bool {
        self.said.iter().any(|(_, number)| self.demands.leaves(*number))
    }

    /// A party says it, in this version of the case.
    pub fn say(&mut self, demand: Demand, number: u64) {
        self.said.retain(|(before, _)| before.party != demand.party);
        self.said.push((demand, number));
        self.demands.say(number);
    }

    /// A party takes its word back, of this number or of one before.
    pub fn take_back(&mut self, party: PartyId, up_to: Option<u64>) {
        self.said
            .retain(|(demand, number)| demand.party != party || up_to.is_some_and(|last| *number > last));
    }

    /// All words up to this one are taken back.
    pub fn drop_all(&mut self, up_to: Option<u64>) {
        self.demands.take_back(up_to);
        let taken_back = self.demands.taken_back;
        self.said.retain(|(_, number)| *number > taken_back);
    }
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
